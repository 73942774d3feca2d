@echo off
rem Finds a JDK of at least 25 and sets JAVA_HOME, as find-jdk.sh does. Called by teenygrad.cmd and mvnw.cmd, which have said setlocal.
rem
rem The places, in order: JAVA_HOME, the java on the PATH, then the folders where installers and IDEs put JDKs. A JDK is recognised by its
rem release file, so that no JVM is started to ask.
set "required_jdk=25"

if defined JAVA_HOME (
  call :check "%JAVA_HOME%"
  if not errorlevel 1 exit /b 0
)
for %%j in (java.exe) do if not "%%~$PATH:j" == "" (
  for %%d in ("%%~dp$PATH:j..") do call :check "%%~fd"
  if not errorlevel 1 exit /b 0
)
for /d %%d in (
  "%ProgramFiles%\Eclipse Adoptium\jdk-*"
  "%ProgramFiles%\Java\jdk-*"
  "%ProgramFiles%\Microsoft\jdk-*"
  "%ProgramFiles%\Zulu\zulu-*"
  "%ProgramFiles%\Amazon Corretto\jdk*"
  "%ProgramFiles%\BellSoft\LibericaJDK-*"
  "%USERPROFILE%\.jdks\*"
  "%USERPROFILE%\scoop\apps\*jdk*\current"
) do (
  call :check "%%~fd"
  if not errorlevel 1 exit /b 0
)
>&2 echo teenygrad needs a JDK %required_jdk% or newer and found none: get one from https://adoptium.net and set JAVA_HOME to its folder.
exit /b 1

rem Sets JAVA_HOME to folder %1 if that is a JDK which is new enough; else gives an error.
:check
if not exist "%~1\bin\javac.exe" exit /b 1
if not exist "%~1\release" exit /b 1
set "found_version="
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do for /f "delims=.-+" %%n in ("%%~v") do set "found_version=%%n"
if not defined found_version exit /b 1
if %found_version% lss %required_jdk% exit /b 1
set "JAVA_HOME=%~1"
exit /b 0
