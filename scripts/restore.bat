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
if not defined RESGUARDO_SERVICE set "RESGUARDO_SERVICE=restore"
if "%~1"=="" goto usage
if "%~1"=="--help" goto usage
if "%~1"=="-h" goto usage
set "VERB=restore"
call "%~dp0common.bat" %*
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
