@echo off
rem Runs Maven on a JDK 25, as mvnw does: the release that .mvn\wrapper\maven-wrapper.properties names, downloaded once and checked.
rem curl, tar and certutil come with Windows 10 and later.
setlocal
call "%~dp0bin\find-jdk.cmd"
if errorlevel 1 exit /b 1
rem Maven's own libraries use methods that newer JDKs warn about; the warnings are not about this build.
set "MAVEN_OPTS=--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow %MAVEN_OPTS%"

set "distributionUrl="
set "distributionSha256Sum="
for /f "usebackq tokens=1,* delims==" %%a in ("%~dp0.mvn\wrapper\maven-wrapper.properties") do (
  if "%%a" == "distributionUrl" set "distributionUrl=%%b"
  if "%%a" == "distributionSha256Sum" set "distributionSha256Sum=%%b"
)
if not defined distributionUrl (
  >&2 echo mvnw: .mvn\wrapper\maven-wrapper.properties names no distributionUrl
  exit /b 1
)
for %%n in ("%distributionUrl%") do set "archive=%%~nxn"
set "name=%archive:-bin.zip=%"
if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
set "home=%MAVEN_USER_HOME%\wrapper\dists\%name%\unpacked"
if exist "%home%\bin\mvn.cmd" goto run

set "parts=%MAVEN_USER_HOME%\wrapper\dists\%name%\%RANDOM%%RANDOM%"
mkdir "%parts%"
curl --fail --location --silent --show-error --output "%parts%\%archive%" "%distributionUrl%"
if errorlevel 1 goto unavailable
if defined distributionSha256Sum (
  certutil -hashfile "%parts%\%archive%" SHA256 | findstr /i /x "%distributionSha256Sum%" >nul
  if errorlevel 1 (
    rmdir /s /q "%parts%"
    >&2 echo mvnw: %distributionUrl% has not the checksum that .mvn\wrapper\maven-wrapper.properties says
    exit /b 1
  )
)
tar -xf "%parts%\%archive%" -C "%parts%"
if errorlevel 1 goto unavailable
rem Of two that unpack at once the second finds the first one's.
if not exist "%home%\bin\mvn.cmd" move "%parts%\%name%" "%home%" >nul
rmdir /s /q "%parts%"

:run
call "%home%\bin\mvn.cmd" %*
exit /b %errorlevel%

:unavailable
rmdir /s /q "%parts%"
where mvn >nul 2>nul
if errorlevel 1 (
  >&2 echo mvnw: %distributionUrl% could not be downloaded and unpacked
  exit /b 1
)
>&2 echo mvnw: %distributionUrl% could not be downloaded and unpacked; using the mvn that is installed
call mvn %*
exit /b %errorlevel%
