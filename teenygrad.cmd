@echo off
rem Runs teenygrad from its sources on Windows, as ./teenygrad does: builds it the first time, then starts it on a JDK 25. After a change of the
rem sources say teenygrad build. There is no LLVM for Windows in the build yet: without TEENYGRAD_LLVM tensors are computed by the interpreter.
rem
rem TEENYGRAD_JAVA_OPTS holds further options for the JVM, such as -Xmx8g.
setlocal
set "root=%~dp0"
set "app=%root%teenygrad-cli\target\app"
call "%root%bin\find-jdk.cmd"
if errorlevel 1 exit /b 1

if "%~1" == "build" goto build
if exist "%app%\built" goto run
:build
>&2 echo building teenygrad (the first time it may download 200 MB)...
pushd "%root%"
call mvnw.cmd -q -B -ntp -Dfast -Dmaven.test.skip -pl teenygrad-cli -am package 1>&2
if errorlevel 1 (
  popd
  exit /b 1
)
popd
if not exist "%app%" mkdir "%app%"
copy /y "%root%teenygrad-cli\target\lib\*.jar" "%app%" >nul
if errorlevel 1 exit /b 1
copy /y "%root%teenygrad-cli\target\teenygrad-cli-*.jar" "%app%" >nul
if errorlevel 1 exit /b 1
type nul >"%app%\built"
if "%~1" == "build" exit /b 0

:run
"%JAVA_HOME%\bin\java.exe" --enable-native-access=ALL-UNNAMED -XX:+UseParallelGC -XX:MaxNewSize=64m %TEENYGRAD_JAVA_OPTS% -cp "%app%\*" org.teenygrad.cli.Main %*
exit /b %errorlevel%
