// Checks the entries of an evidence pack of Bascule with Go's own verifiers and nothing of Bascule's:
// golang.org/x/mod/sumdb/note and .../tlog.
//
//	go run . -keys KEYS -from 2026-10-01 -to 2026-11-01 FOLDER
//
// KEYS is a file with the logs' verifier keys, one a line, as their operator handed them out before the audit.
// FOLDER is the pack, unpacked. The times are those that the pack was asked for, as UTC: a day, or 2026-10-01T12:00:00.000Z.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type line struct {
	Log   int             `json:"log"`
	Index int64           `json:"index"`
	Entry json.RawMessage `json:"entry"`
}

type openedLog struct {
	tree   tlog.Tree
	hashes tlog.HashReader
	// Which entries are here, and whether their time is in the range.
	inRange map[int64]bool
}

func main() {
	keys := flag.String("keys", "", "a file with the verifier key of each log, one a line")
	from := flag.String("from", "", "where the range begins")
	to := flag.String("to", "", "where it ends; that moment is not in it")
	flag.Parse()
	if err := check(*keys, *from, *to, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "NOT VERIFIED:", err)
		os.Exit(1)
	}
}

func check(keyFile, from, to, folder string) error {
	data, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	var verifiers []note.Verifier
	for _, text := range strings.Fields(string(data)) {
		verifier, err := note.NewVerifier(text)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, verifier)
	}
	logs, err := openLogs(folder, note.VerifierList(verifiers...))
	if err != nil {
		return err
	}
	count, err := checkEntries(filepath.Join(folder, "entries.jsonl"), from, to, logs)
	if err != nil {
		return err
	}
	for number, log := range logs {
		if err := checkBorders(log); err != nil {
			return fmt.Errorf("log %d: %v", number, err)
		}
	}
	fmt.Printf("verified: %d entries of %d logs; of each in the range both neighbours are here\n", count, len(logs))
	return nil
}

func openLogs(folder string, verifiers note.Verifiers) (map[int]*openedLog, error) {
	names, err := filepath.Glob(filepath.Join(folder, "log", "*", "checkpoint"))
	if err != nil || len(names) == 0 {
		return nil, errors.New("there is no log/*/checkpoint")
	}
	logs := map[int]*openedLog{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		signed, err := note.Open(data, verifiers)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", name, err)
		}
		lines := strings.Split(signed.Text, "\n")
		if len(lines) < 4 || lines[0] != signed.Sigs[0].Name {
			return nil, fmt.Errorf("%s is no checkpoint of the log that signed it", name)
		}
		size, err := strconv.ParseInt(lines[1], 10, 64)
		if err != nil {
			return nil, err
		}
		root, err := tlog.ParseHash(lines[2])
		if err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			return nil, err
		}
		tree := tlog.Tree{N: size, Hash: root}
		// From here on every hash that is read has been followed up to the signed root.
		logs[number] = &openedLog{tree, tlog.TileHashReader(tree, tiles(filepath.Dir(name))), map[int64]bool{}}
	}
	return logs, nil
}

func checkEntries(file, from, to string, logs map[int]*openedLog) (int, error) {
	opened, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer opened.Close()
	reader := bufio.NewReader(opened)
	for count := 0; ; count++ {
		text, err := reader.ReadBytes('\n')
		if err == io.EOF && len(text) == 0 {
			return count, nil
		}
		if err != nil {
			return 0, err
		}
		var one line
		if err := json.Unmarshal(text, &one); err != nil {
			return 0, fmt.Errorf("line %d: %v", count+1, err)
		}
		log, ok := logs[one.Log]
		if !ok || one.Index < 0 || one.Index >= log.tree.N {
			return 0, fmt.Errorf("line %d: there is no log %d with an entry %d", count+1, one.Log, one.Index)
		}
		known, err := log.hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, one.Index)})
		if err != nil {
			return 0, fmt.Errorf("entry %d of log %d: %v", one.Index, one.Log, err)
		}
		if tlog.RecordHash(bytes.TrimSpace(one.Entry)) != known[0] {
			return 0, fmt.Errorf("entry %d of log %d is not the one that the log's key signed", one.Index, one.Log)
		}
		var entry struct {
			Time string `json:"time"`
		}
		if err := json.Unmarshal(one.Entry, &entry); err != nil {
			return 0, err
		}
		// Entries all spell their time alike, so it sorts as text.
		log.inRange[one.Index] = from <= entry.Time && entry.Time < to
	}
}

// checkBorders looks that each entry of the range has both its neighbours here, so that none can have been left out.
func checkBorders(log *openedLog) error {
	for index, inRange := range log.inRange {
		if !inRange {
			continue
		}
		for _, other := range []int64{index - 1, index + 1} {
			if _, ok := log.inRange[other]; !ok && other >= 0 && other < log.tree.N {
				return fmt.Errorf("entry %d stands beside %d, which is in the range, and is not here", other, index)
			}
		}
	}
	return nil
}

// tiles reads them where the pack has them: tile/<level>/<n>, as c2sp.org/tlog-tiles lays them out.
type tiles string

func (tiles) Height() int { return 8 }

func (folder tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(folder), path))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
