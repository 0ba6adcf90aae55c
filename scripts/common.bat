@echo off
rem What scripts\backup.bat and scripts\restore.bat share, called by both: where the program is run.
rem
rem COMPOSE_FILE names another compose file than docker-compose.prod.yml, or several with ; between.
rem
rem   common.bat [--list] ARGUMENT...    runs VERB in the compose service RESGUARDO_SERVICE, else here
setlocal
set "HERE=%~dp0.."
if not defined COMPOSE_FILE set "COMPOSE_FILE=%HERE%\docker-compose.prod.yml"
set "VARIABLES="
if exist "%HERE%\.env.prod" set VARIABLES=--env-file "%HERE%\.env.prod"

set "ARGS=%*"
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
for /f "tokens=1 delims=;" %%F in ("%COMPOSE_FILE%") do if not exist "%%F" goto here
docker compose version >nul 2>&1 && goto compose
docker-compose version >nul 2>&1 && goto older

:here
resguardo %VERB% %ARGS%
exit /b %ERRORLEVEL%

:named
"%RESGUARDO%" %VERB% %ARGS%
exit /b %ERRORLEVEL%

:compose
docker compose %VARIABLES% run --rm %RESGUARDO_SERVICE% %VERB% %ARGS%
exit /b %ERRORLEVEL%

:older
docker-compose %VARIABLES% run --rm %RESGUARDO_SERVICE% %VERB% %ARGS%
exit /b %ERRORLEVEL%
