# Writes OUTPUT with the checkout's commit; touches it only when that changed, so that one file is compiled anew.
set(ASYNCRUN_COMMIT "unknown")
execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE_DIR}
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed)
  set(ASYNCRUN_COMMIT "${commit}")
  execute_process(COMMAND git status --porcelain --untracked-files=no WORKING_DIRECTORY ${SOURCE_DIR}
                  OUTPUT_VARIABLE changes OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(changes)
    string(APPEND ASYNCRUN_COMMIT "+dirty")
  endif()
endif()
configure_file(${SOURCE_DIR}/engine/report/build_info.h.in ${OUTPUT} @ONLY)
