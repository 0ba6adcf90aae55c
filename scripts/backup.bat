@echo off
rem Backs up now, in the operator's words: in the compose project where there is one, else with the
rem program of this machine.
rem 
rem   scripts\backup.bat            back up now
rem   scripts\backup.bat --list     what stands
rem   scripts\backup.bat --help     this; every flag is that of: resguardo backup
setlocal
if not defined RESGUARDO_SERVICE set "RESGUARDO_SERVICE=backup"
if "%~1"=="--help" goto usage
if "%~1"=="-h" goto usage
set "VERB=backup"
call "%~dp0common.bat" %*
exit /b %ERRORLEVEL%

:usage
echo Backs up now, in the operator's words: in the compose project where there is one, else with the
echo program of this machine.
echo.
echo   scripts\backup.bat            back up now
echo   scripts\backup.bat --list     what stands
echo   scripts\backup.bat --help     this; every flag is that of: resguardo backup
exit /b 0
