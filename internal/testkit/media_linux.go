package testkit

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// namespaceEnv marks a test process that has a mount namespace of its own.
const namespaceEnv = "ETHKEY_TEST_NAMESPACE"

// OnMedia runs test, which may mount media by the functions below, in a
// process of its own with its own mount namespace, so that no mount outlives
// it. It must be the first call of a top-level test. Only root may mount:
// elsewhere OnMedia logs that and returns, and the same promises are tested
// with failpoints and a PoorFS. In CI who may not mount fails.
func OnMedia(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if os.Getenv(namespaceEnv) == t.Name() {
		test(t)
		return
	}
	if os.Getuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("not root: no media can be mounted, which CI must")
		}
		t.Log("not root: no media were mounted")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), namespaceEnv+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if os.IsPermission(err) && os.Getenv("CI") == "" {
		t.Logf("no media were mounted: %v", err)
		return
	}
	t.Logf("in a mount namespace of its own:\n%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

// Tmpfs mounts a tmpfs of that many bytes and returns its folder.
func Tmpfs(t testing.TB, size string) string {
	t.Helper()
	dir := mountPoint(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0777,size="+size); err != nil {
		t.Fatalf("mounting a tmpfs: %v", err)
	}
	return dir
}

// ReadOnly binds a fresh folder that prepare may fill (it may be nil) onto
// another, read-only, and returns that.
func ReadOnly(t testing.TB, prepare func(dir string)) string {
	t.Helper()
	source, dir := TempDir(t), mountPoint(t)
	if prepare != nil {
		prepare(source)
	}
	if err := syscall.Mount(source, dir, "", syscall.MS_BIND, ""); err != nil {
		t.Fatalf("binding a folder: %v", err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatalf("making the bound folder read-only: %v", err)
	}
	return dir
}

// FAT mounts a stick of the FAT family, which has no modes and no hard links,
// and returns its folder: vfat by the kernel where it has that, else exFAT by
// its FUSE driver. (fusefat is no choice: it loses what a folder holds when
// the folder is renamed.)
func FAT(t testing.TB) string {
	t.Helper()
	image := filepath.Join(TempDir(t), "stick.img")
	run(t, tool(t, "truncate", "coreutils"), "-s", "16M", image)
	run(t, tool(t, "mkfs.vfat", "dosfstools"), image)
	device, dir := loop(t, image), mountPoint(t)
	out, err := exec.Command("mount", "-t", "vfat", "-o", "umask=000", device, dir).CombinedOutput()
	if err == nil {
		t.Log("vfat by the kernel")
		return dir
	}
	t.Logf("exFAT by its FUSE driver, for the kernel has no vfat: %s", strings.TrimSpace(string(out)))
	run(t, tool(t, "mkfs.exfat", "exfatprogs"), device)
	fuseExFAT(t, device, dir)
	return dir
}

func loop(t testing.TB, image string) (device string) {
	t.Helper()
	out, err := exec.Command(tool(t, "losetup", "mount"), "-f", "--show", image).CombinedOutput()
	if err != nil {
		t.Fatalf("losetup: %v\n%s", err, out)
	}
	device = strings.TrimSpace(string(out))
	t.Cleanup(func() { run(t, tool(t, "losetup", "mount"), "-d", device) })
	return device
}

// PullOut takes a mounted medium away while files on it are open: by ending
// its driver where it has one, else by making it answer with errors.
func PullOut(t testing.TB, dir string) {
	t.Helper()
	if driver := drivers[dir]; driver != nil {
		_ = driver.Process.Kill()
		_ = driver.Wait()
		return
	}
	if err := syscall.Unmount(dir, syscall.MNT_FORCE|syscall.MNT_DETACH); err != nil {
		t.Fatalf("pulling out %s: %v", dir, err)
	}
}

// drivers are the FUSE drivers that run, by mount point.
var drivers = make(map[string]*exec.Cmd)

// fuseExFAT keeps the driver in the foreground, so that it ends with the test,
// and returns when it has mounted.
func fuseExFAT(t testing.TB, device, dir string) {
	t.Helper()
	driver := exec.Command(tool(t, "mount.exfat-fuse", "exfat-fuse"), "-d", "-o", "allow_other", device, dir)
	driver.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := driver.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	driver.Stderr = driver.Stdout
	if err := driver.Start(); err != nil {
		t.Fatal(err)
	}
	drivers[dir] = driver
	t.Cleanup(func() {
		delete(drivers, dir)
		_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		_ = driver.Process.Kill()
		_ = driver.Wait()
	})
	go func() { _, _ = io.Copy(io.Discard, bufio.NewReader(log)) }()
	for deadline := time.Now().Add(10 * time.Second); !mounted(dir); {
		if time.Now().After(deadline) {
			t.Fatal("the driver did not mount")
		}
	}
}

func mounted(dir string) bool {
	table, err := os.ReadFile("/proc/self/mounts")
	return err == nil && strings.Contains(string(table), " "+dir+" ")
}

func mountPoint(t testing.TB) string {
	t.Helper()
	dir := TempDir(t)
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func run(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
