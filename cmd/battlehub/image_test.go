//go:build linux

package main

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"battlehub/hub/proctest"
)

// The image's test does what docker would do with the Dockerfile, by the Dockerfile's
// own lines: it builds the binary, starts it as the image's user in a root directory
// that holds nothing else, asks it for its health and stops it.

// image is what the Dockerfile makes.
type image struct {
	build      string   // the line that builds the binary at built
	env        []string // NAME=value
	entrypoint []string
	health     []string
	volume     string
	uid, gid   int
}

// built is where the build line puts the binary.
const built = "/out/battlehub"

// readImage reads the Dockerfile.
func readImage(t *testing.T) image {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var img image
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		instruction, args, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch instruction {
		case "RUN":
			if strings.Contains(args, "go build") {
				img.build = args
			}
		case "ENV":
			img.env = append(img.env, strings.Fields(args)...)
		case "USER":
			uid, gid, _ := strings.Cut(args, ":")
			img.uid, img.gid = number(t, uid), number(t, gid)
		case "VOLUME":
			img.volume = args
		case "ENTRYPOINT":
			img.entrypoint = arrayOf(t, args)
		case "HEALTHCHECK":
			_, command, _ := strings.Cut(args, "CMD ")
			img.health = arrayOf(t, command)
		}
	}
	return img
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil || n == 0 {
		t.Fatalf("USER has %q, want a number that is not root's", text)
	}
	return n
}

// arrayOf reads the exec form of a command: an image without a shell knows no other.
func arrayOf(t *testing.T, text string) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &words); err != nil || len(words) == 0 {
		t.Fatalf("%s is not in the exec form", text)
	}
	return words
}

// compile runs the build line, with the binary put into dir.
func (img image) compile(t *testing.T, dir string) {
	t.Helper()
	line := strings.Replace(img.build, built, filepath.Join(dir, img.entrypoint[0]), 1)
	build := exec.CommandContext(t.Context(), "sh", "-c", line)
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil || line == img.build {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// command prepares a command of the image: in its root directory, as its user and with
// its environment, which env adds to.
func (img image) command(t *testing.T, root string, words []string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir = "/"
	cmd.Env = append(slices.Clone(img.env), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(img.uid), Gid: uint32(img.gid)}
		return cmd
	}
	// Everybody may change the root directory in a user namespace of their own.
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: img.uid, HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: img.gid, HostID: os.Getgid(), Size: 1}}
	return cmd
}

// unpack makes the image's root directory: the binary and the volume, nothing else.
func (img image) unpack(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	img.compile(t, root)
	volume := filepath.Join(root, img.volume)
	if err := os.Mkdir(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(volume, img.uid, img.gid); err != nil {
			t.Fatal(err)
		}
	}
	probe := img.command(t, root, []string{img.entrypoint[0], "version"})
	if out, err := probe.CombinedOutput(); os.Getuid() != 0 && err != nil {
		t.Skipf("this machine lets nobody but root change the root directory: %v %s", err, out)
	}
	return root
}

func TestImageRunsInAnEmptyRootDirectory(t *testing.T) {
	t.Parallel()
	img := readImage(t)
	root := img.unpack(t)
	checkStatic(t, filepath.Join(root, img.entrypoint[0]))

	checkClosed(t, img, root)

	hub := proctest.StartHub(t, img.command(t, root, img.entrypoint,
		"BATTLEHUB_LISTEN=127.0.0.1:0", "BATTLEHUB_OPS_LISTEN=127.0.0.1:0", "BATTLEHUB_LOG_FORMAT=json"))
	health := func() ([]byte, error) {
		return img.command(t, root, img.health, "BATTLEHUB_OPS_LISTEN="+hub.OpsAddr).CombinedOutput()
	}
	if out, err := health(); err != nil {
		t.Errorf("the health check says %v: %s", err, out)
	}
	mustPost(t, hub.Addr)
	checkVolumeInUse(t, filepath.Join(root, img.volume))

	hub.Signal(syscall.SIGTERM)
	if err := hub.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &hub.Output)
	}
	if out, err := health(); err == nil {
		t.Errorf("the health check finds a stopped hub well: %s", out)
	}
}

// checkClosed makes sure that the image shows its battles to nobody unless it is told to.
func checkClosed(t *testing.T, img image, root string) {
	t.Helper()
	if slices.ContainsFunc(img.env, func(e string) bool { return strings.HasPrefix(e, "BATTLEHUB_OPEN=") }) {
		t.Fatal("the image is open to everyone")
	}
	if out, err := img.command(t, root, img.entrypoint).CombinedOutput(); err == nil || !bytes.Contains(out, []byte("--open")) {
		t.Errorf("the image as it is starts, or does not say why not: %v %s", err, out)
	}
}

// checkStatic makes sure that the binary needs no loader and no library: an empty image
// has neither.
func checkStatic(t *testing.T, path string) {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary needs a loader")
		}
	}
	if libraries, err := f.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("the binary needs the libraries %v, %v", libraries, err)
	}
}

// checkVolumeInUse makes sure that the hub keeps its log in the volume.
func checkVolumeInUse(t *testing.T, volume string) {
	t.Helper()
	entries, err := os.ReadDir(volume)
	if err != nil || len(entries) == 0 {
		t.Errorf("the volume holds %v, %v, want the log", entries, err)
	}
}

// TestImageIsBuiltWithTheModulesGo keeps the Dockerfile's toolchain and go.mod's in step.
func TestImageIsBuiltWithTheModulesGo(t *testing.T) {
	t.Parallel()
	dockerfile, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(mod), "\ngo ")
	version := strings.SplitN(strings.Fields(after)[0], ".", 3)
	if want := "FROM golang:" + version[0] + "." + version[1] + " "; !strings.Contains(string(dockerfile), want) {
		t.Errorf("the Dockerfile has no %q", want)
	}
}

// mustPost sends the hub a battle.
func mustPost(t *testing.T, addr string) {
	t.Helper()
	if code, body := post(t, "http://"+addr, "", "b1"); code != http.StatusOK {
		t.Errorf("webhook: %d %s", code, body)
	}
}
