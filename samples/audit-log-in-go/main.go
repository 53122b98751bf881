// Checks an audit log of Bascule with Go's own verifiers and nothing of Bascule's: golang.org/x/mod/sumdb/note and .../tlog.
//
//	go run . -key KEY FOLDER                                     a whole log, as `bascule audit export` writes it
//	go run . -key KEY -since OLD-CHECKPOINT FOLDER               and that nothing it had then was changed
//	go run . -key KEY -proof E.tlog-proof -entry E.json          one entry
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

func main() {
	key := flag.String("key", "", "the log's verifier key, name+hash+base64, as its operator handed it out")
	since := flag.String("since", "", "a checkpoint from before")
	proof := flag.String("proof", "", "a .tlog-proof")
	entry := flag.String("entry", "", "the entry that it is of")
	flag.Parse()
	verifier, err := note.NewVerifier(*key)
	if err == nil && *proof != "" {
		err = checkProof(*proof, *entry, verifier)
	} else if err == nil {
		err = checkLog(flag.Arg(0), *since, verifier)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "NOT VERIFIED:", err)
		os.Exit(1)
	}
}

func checkLog(folder, since string, verifier note.Verifier) error {
	tree, err := readCheckpoint(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return err
	}
	// From here on every hash that is read has been followed up to the signed root.
	hashes := tlog.TileHashReader(tree, tiles(folder))
	for from := int64(0); from < tree.N; from += tileWidth {
		if err := checkEntries(folder, tree, from, hashes); err != nil {
			return err
		}
	}
	if since != "" {
		if err := checkGrowth(since, tree, hashes, verifier); err != nil {
			return err
		}
	}
	fmt.Printf("verified: %d entries of %s\n", tree.N, verifier.Name())
	return nil
}

func checkEntries(folder string, tree tlog.Tree, from int64, hashes tlog.HashReader) error {
	entries, err := readEntries(folder, tree.N, from)
	if err != nil {
		return err
	}
	// One proof for each tile of entries, and each entry by its own hash.
	proof, err := tlog.ProveRecord(tree.N, from, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, from, tlog.RecordHash(entries[0])); err != nil {
		return fmt.Errorf("entry %d: %v", from, err)
	}
	indexes := make([]int64, len(entries))
	for i := range entries {
		indexes[i] = tlog.StoredHashIndex(0, from+int64(i))
	}
	known, err := hashes.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != known[i] {
			return fmt.Errorf("entry %d is not the one that the log's key signed", from+int64(i))
		}
	}
	return nil
}

func checkGrowth(since string, tree tlog.Tree, hashes tlog.HashReader, verifier note.Verifier) error {
	old, err := readCheckpoint(since, verifier)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("the log does not extend %s: %v", since, err)
	}
	return nil
}

// checkProof reads c2sp.org/tlog-proof: a heading, the index, a hash a line, an empty line, the checkpoint.
func checkProof(proofFile, entryFile string, verifier note.Verifier) error {
	data, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return err
	}
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("this is no .tlog-proof")
	}
	if strings.HasPrefix(lines[1], "extra ") {
		lines = append(lines[:1], lines[2:]...)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint([]byte(checkpoint), verifier)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("verified: entry %d of %s\n", index, verifier.Name())
	return nil
}

func readCheckpoint(file string, verifier note.Verifier) (tlog.Tree, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	return openCheckpoint(data, verifier)
}

// openCheckpoint reads c2sp.org/tlog-checkpoint: origin, size, root.
func openCheckpoint(data []byte, verifier note.Verifier) (tlog.Tree, error) {
	signed, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("this is no checkpoint of " + verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func readEntries(folder string, size, from int64) ([][]byte, error) {
	width := size - from
	if width > tileWidth {
		width = tileWidth
	}
	// Entries lie as the hashes of level 0 do.
	tile := tlog.Tile{H: tileHeight, L: 0, N: from / tileWidth, W: int(width)}
	data, err := os.ReadFile(filepath.Join(folder, "tile/entries", strings.TrimPrefix(tile.Path(), "tile/8/0/")))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for rest := bytes.NewBuffer(data); rest.Len() > 0; {
		length := rest.Next(2)
		if len(length) < 2 || rest.Len() < int(binary.BigEndian.Uint16(length)) {
			return nil, fmt.Errorf("%s is cut off", tile.Path())
		}
		entries = append(entries, rest.Next(int(binary.BigEndian.Uint16(length))))
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("%s has %d entries and not %d", tile.Path(), len(entries), width)
	}
	return entries, nil
}

// tiles reads tiles as c2sp.org/tlog-tiles names them: as Go does, without the height in the path.
type tiles string

func (folder tiles) Height() int { return tileHeight }

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

func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}
