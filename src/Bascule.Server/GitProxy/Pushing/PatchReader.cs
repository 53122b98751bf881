using System.Globalization;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// Finds the added lines in what <c>git log -p -c -U0 --format=%x00%H</c> prints, as it passes by. A merge adds the lines that none of its parents has. Long
/// lines come in pieces that overlap, so that nothing hides at a seam.
/// </summary>
internal sealed class PatchReader(Action<AddedLine> see)
{
    private const int Longest = 32 * 1024;
    private const int Overlap = 512;
    private readonly byte[] _line = new byte[Longest];
    private int _length;
    private CommitId _commit;
    private string _path = "";

    /// <summary>Below a header, where every line begins with one mark per parent.</summary>
    private bool _inHunk;
    private int _parents;
    private int _number;

    /// <summary>Of the line at hand: whether its beginning was looked at, whether it is in the new file, whether no parent has it.</summary>
    private bool _hasBegun;
    private bool _isThere;
    private bool _isAdded;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            var count = Math.Min(part.Length, Longest - _length);
            part[..count].CopyTo(_line.AsSpan(_length));
            _length += count;
            bytes = bytes[count..];
            if (count < part.Length)
                EndPiece();
            else if (end >= 0)
            {
                EndLine();
                bytes = bytes[1..];
            }
        }
    }

    private void EndPiece()
    {
        Look();
        _line.AsSpan(_length - Overlap, Overlap).CopyTo(_line);
        (_length, _hasBegun) = (Overlap, true);
    }

    private void EndLine()
    {
        Look();
        if (_isThere)
            _number++;
        (_length, _hasBegun, _isThere, _isAdded) = (0, false, false, false);
    }

    private void Look()
    {
        var line = _line.AsSpan(0, _length);
        if (!_hasBegun)
            Begin(line);
        else if (_isAdded)
            See(line);
    }

    private void Begin(ReadOnlySpan<byte> line)
    {
        switch (line)
        {
            case [0, .. var id]:
                _inHunk = false;
                _ = CommitId.TryParse(Encoding.ASCII.GetString(id), out _commit);
                break;
            case [(byte)'d', ..]:
                _inHunk = false;
                break;
            case [(byte)'@', (byte)'@', ..]:
                BeginHunk(line);
                break;
            case [(byte)'+', (byte)'+', (byte)'+', (byte)' ', .. var path] when !_inHunk:
                _path = PathOf(path);
                break;
            default:
                if (_inHunk)
                    BeginContent(line);
                break;
        }
    }

    private void BeginContent(ReadOnlySpan<byte> line)
    {
        if (line.Length < _parents || line[0] == '\\')
            return;
        var marks = line[.._parents];
        _isThere = !marks.Contains((byte)'-');
        _isAdded = marks.IndexOfAnyExcept((byte)'+') < 0;
        if (_isAdded)
            See(line[_parents..]);
    }

    /// <summary><c>@@ -1,2 +3,4 @@</c>; for a merge one more @ and one more range per parent.</summary>
    private void BeginHunk(ReadOnlySpan<byte> line)
    {
        _parents = line.IndexOfAnyExcept((byte)'@') - 1;
        var start = line[(line.IndexOf((byte)'+') + 1)..];
        var digits = start.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        _inHunk = _parents > 0;
        _ = int.TryParse(start[..Math.Max(digits, 0)], CultureInfo.InvariantCulture, out _number);
    }

    private void See(ReadOnlySpan<byte> text) =>
        see(new AddedLine(_commit, _path, _number, Encoding.Latin1.GetString(text)));

    private static string PathOf(ReadOnlySpan<byte> path)
    {
        var text = Encoding.UTF8.GetString(path).TrimEnd('\t');
        return UntrustedText.Line(text.StartsWith("b/", StringComparison.Ordinal) ? text[2..] : text, 300);
    }
}
