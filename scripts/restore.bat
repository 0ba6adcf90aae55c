@echo off
rem Restores, in the operator's words: in the compose project where there is one, else with the
rem program of this machine. What stands there is kept beside what is restored.
rem 
rem   scripts\restore.bat --list                    what stands
rem   scripts\restore.bat --latest                  the newest good artifact of every source
rem   scripts\restore.bat --db FILE --media FILE    these files: a path, or a name in the store
rem   scripts\restore.bat --set 20241112_030000     one set
rem   scripts\restore.bat --undo                    exchange back what was restored last
rem   scripts\restore.bat --clean                   remove the old copies that are kept
rem   scripts\restore.bat --help                    this; every flag is that of: resguardo restore
setlocal
set "HERE=%~dp0.."
if not defined COMPOSE_FILE set "COMPOSE_FILE=%HERE%\docker-compose.prod.yml"
if not defined RESGUARDO_SERVICE set "RESGUARDO_SERVICE=restore"

set "VERB=restore"
set "ARGS=%*"
if "%~1"=="" goto usage
if "%~1"=="--help" goto usage
if "%~1"=="-h" goto usage
if "%~1"=="--list" goto list
if "%~1"=="-l" goto list
goto run

:list
set "VERB=list"
set "ARGS="
:rest
shift
if "%~1"=="" goto run
set "ARGS=%ARGS% %1"
goto rest

:run
if defined RESGUARDO goto named
if not exist "%COMPOSE_FILE%" goto here
docker compose version >nul 2>&1 && goto compose
docker-compose version >nul 2>&1 && goto older

:here
resguardo %VERB% %ARGS%
exit /b %ERRORLEVEL%

:named
"%RESGUARDO%" %VERB% %ARGS%
exit /b %ERRORLEVEL%

:compose
docker compose -f "%COMPOSE_FILE%" run --rm %RESGUARDO_SERVICE% %VERB% %ARGS%
exit /b %ERRORLEVEL%

:older
docker-compose -f "%COMPOSE_FILE%" run --rm %RESGUARDO_SERVICE% %VERB% %ARGS%
exit /b %ERRORLEVEL%

:usage
echo Restores, in the operator's words: in the compose project where there is one, else with the
echo program of this machine. What stands there is kept beside what is restored.
echo.
echo   scripts\restore.bat --list                    what stands
echo   scripts\restore.bat --latest                  the newest good artifact of every source
echo   scripts\restore.bat --db FILE --media FILE    these files: a path, or a name in the store
echo   scripts\restore.bat --set 20241112_030000     one set
echo   scripts\restore.bat --undo                    exchange back what was restored last
echo   scripts\restore.bat --clean                   remove the old copies that are kept
echo   scripts\restore.bat --help                    this; every flag is that of: resguardo restore
exit /b 0
