using System.Buffers.Binary;
using System.Globalization;

namespace Bascule.Server.Mirrors;

/// <summary>
/// Finds the number of objects that a pack claims, while the answer passes by: <c>PACK</c>, version, count (gitformat-pack), in band 1 of
/// pkt-lines (gitprotocol-common, gitprotocol-pack) or bare after them. git reads no more objects than claimed, so the bound holds before the work.
/// </summary>
internal sealed class PackCount
{
    private const int LengthDigits = 4;
    private const int HeaderBytes = 12;
    private const byte PackBand = 1;
    private readonly byte[] _length = new byte[LengthDigits];
    private readonly byte[] _header = new byte[HeaderBytes];
    private int _haveLength;
    private int _haveHeader;
    private int _left;
    private bool _first;
    private bool _inPack;

    /// <summary>Null until the pack has begun.</summary>
    public long? Objects { get; private set; }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && Objects is null)
        {
            bytes =
                _left == 0 ? bytes[ReadLength(bytes)..]
                : _first ? bytes[ReadBand(bytes)..]
                : bytes[ReadPayload(bytes)..];
        }
    }

    private int ReadLength(ReadOnlySpan<byte> bytes)
    {
        _length[_haveLength++] = bytes[0];
        if (_haveLength < LengthDigits)
            return 1;
        _haveLength = 0;
        if (_length.AsSpan().SequenceEqual("PACK"u8))
        {
            _length.CopyTo(_header, 0);
            (_haveHeader, _left, _first, _inPack) = (LengthDigits, int.MaxValue, false, true);
        }
        else if (int.TryParse(_length, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length))
        {
            (_left, _first) = (Math.Max(0, length - LengthDigits), true);
        }
        else
        {
            Objects = 0; // neither pkt-lines nor a pack: git takes nothing from here on
        }
        return 1;
    }

    private int ReadBand(ReadOnlySpan<byte> bytes)
    {
        (_first, _inPack) = (false, bytes[0] == PackBand);
        _left--;
        return 1;
    }

    private int ReadPayload(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(_left, bytes.Length);
        if (_inPack)
        {
            count = Math.Min(count, HeaderBytes - _haveHeader);
            bytes[..count].CopyTo(_header.AsSpan(_haveHeader));
            _haveHeader += count;
            if (_haveHeader == HeaderBytes)
                Objects = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(8));
        }
        _left -= count;
        return count;
    }
}
