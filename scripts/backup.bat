@echo off
rem Backs up now, in the operator's words: in the compose project where there is one, else with the
rem program of this machine.
rem 
rem   scripts\backup.bat            back up now
rem   scripts\backup.bat --list     what stands
rem   scripts\backup.bat --help     this; every flag is that of: resguardo backup
setlocal
set "HERE=%~dp0.."
if not defined COMPOSE_FILE set "COMPOSE_FILE=%HERE%\docker-compose.prod.yml"
if not defined RESGUARDO_SERVICE set "RESGUARDO_SERVICE=backup"

set "VERB=backup"
set "ARGS=%*"
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
echo Backs up now, in the operator's words: in the compose project where there is one, else with the
echo program of this machine.
echo.
echo   scripts\backup.bat            back up now
echo   scripts\backup.bat --list     what stands
echo   scripts\backup.bat --help     this; every flag is that of: resguardo backup
exit /b 0
