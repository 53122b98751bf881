using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Bascule.Core.Json;

/// <summary>
/// Reads JSON that is in the one form of RFC 8785, and stops at the first byte that is not: it tells in one pass, and without building anything, whether
/// <see cref="CanonicalJson"/> would write the same bytes.
/// </summary>
public ref struct CanonicalReader
{
    private const int MaxDepth = 64;

    /// <summary>Digits of an integer that every double holds, whatever they are.</summary>
    private const int SafeDigits = 15;

    private static readonly SearchValues<byte> EndsOfText = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, ' ').Select(number => (byte)number),
    ]);
    private static readonly SearchValues<byte> Numeric = SearchValues.Create("0123456789+-.eE"u8);

    private readonly ReadOnlySpan<byte> _json;
    private int _at;

    private CanonicalReader(ReadOnlySpan<byte> utf8) => _json = utf8;

    /// <summary>What is not canonical, and at which byte; null as long as everything is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Null for canonical JSON, otherwise what is not, and where.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> utf8)
    {
        var reader = Open(utf8);
        reader.ReadValue(depth: 0);
        return reader.Finish();
    }

    /// <summary>Checks that it is UTF-8, so that nothing after needs to.</summary>
    public static CanonicalReader Open(ReadOnlySpan<byte> utf8)
    {
        var reader = new CanonicalReader(utf8);
        if (!Utf8.IsValid(utf8))
            reader.Fail("it is not UTF-8");
        return reader;
    }

    /// <summary>The fault, if only that something follows.</summary>
    public string? Finish()
    {
        if (Fault is null && _at < _json.Length)
            Fail("there is more behind its end");
        return Fault;
    }

    /// <summary>The next member of an object; the opening brace is read with the first one. False at the closing one, and at a fault.</summary>
    /// <param name="key">As it is written, without the quotes; the one before goes in.</param>
    public bool ReadMember(ref ReadOnlySpan<byte> key, bool isFirst, int depth, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (isFirst)
            Take((byte)'{');
        if (Fault is not null || (Peek() == '}' && TakeAny()))
            return false;
        if (!isFirst)
            Take((byte)',');
        var name = ReadText();
        if (Fault is null && !isFirst && Compare(key, name) >= 0)
            Fail("its keys are not in order, or one is there twice");
        Take((byte)':');
        key = name;
        value = ReadValue(depth + 1);
        return Fault is null;
    }

    private ReadOnlySpan<byte> ReadValue(int depth)
    {
        var from = _at;
        if (depth > MaxDepth)
            Fail($"it is nested deeper than {MaxDepth} levels");
        else if (Peek() == '{')
            ReadObject(depth);
        else if (Peek() == '[')
            ReadArray(depth);
        else if (Peek() == '"')
            ReadText();
        else if (!TakeWord("true"u8) && !TakeWord("false"u8) && !TakeWord("null"u8))
            ReadNumber();
        return _json[from.._at];
    }

    private void ReadObject(int depth)
    {
        ReadOnlySpan<byte> key = default;
        for (var isFirst = true; ReadMember(ref key, isFirst, depth, out _); isFirst = false) { }
    }

    private void ReadArray(int depth)
    {
        Take((byte)'[');
        if (Peek() == ']' && TakeAny())
            return;
        while (Fault is null)
        {
            ReadValue(depth + 1);
            if (Peek() == ']' && TakeAny())
                return;
            Take((byte)',');
        }
    }

    private ReadOnlySpan<byte> ReadText()
    {
        Take((byte)'"');
        var from = _at;
        while (Fault is null)
        {
            var length = _json[_at..].IndexOfAny(EndsOfText);
            _at = length < 0 ? _json.Length : _at + length;
            if (Peek() == '"')
                return _json[from.._at++];
            if (Peek() == '\\')
                ReadEscape();
            else
                Fail("a text has no end, or a control character that is not escaped");
        }
        return default;
    }

    private void ReadEscape()
    {
        var rest = _json[_at..];
        if (rest.Length > 1 && "btnfr\"\\"u8.Contains(rest[1]))
            _at += 2;
        else if (IsControl(rest))
            _at += 6;
        else
            Fail("a character is escaped that is not, or not so");
    }

    /// <summary>Of the control characters those that have no short escape, in lower case.</summary>
    private static bool IsControl(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6
        && escape.StartsWith("\\u00"u8)
        && (
            escape[4] == '1'
                ? "0123456789abcdef"u8.Contains(escape[5])
                : escape[4] == '0' && "01234567bef"u8.Contains(escape[5])
        );

    private void ReadNumber()
    {
        var length = _json[_at..].IndexOfAnyExcept(Numeric);
        var number = length < 0 ? _json[_at..] : _json.Slice(_at, length);
        if (IsSafeInteger(number) || IsCanonical(number))
            _at += number.Length;
        else
            Fail("a number, or a value that is none, is not written as ECMAScript prints it");
    }

    private static bool IsSafeInteger(ReadOnlySpan<byte> number)
    {
        var digits = number.Length > 0 && number[0] == '-' ? number[1..] : number;
        return digits.Length is > 0 and <= SafeDigits
            && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && (digits[0] != '0' || number.Length == 1);
    }

    private static bool IsCanonical(ReadOnlySpan<byte> number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
        && EcmaScriptNumber.Format(value) == Encoding.ASCII.GetString(number);

    /// <summary>By UTF-16 code units, which is the order of the bytes where all are ASCII.</summary>
    private static int Compare(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        IsPlain(first) && IsPlain(second)
            ? first.SequenceCompareTo(second)
            : string.CompareOrdinal(TextOf(first), TextOf(second));

    private static bool IsPlain(ReadOnlySpan<byte> key) => Ascii.IsValid(key) && !key.Contains((byte)'\\');

    private static string TextOf(ReadOnlySpan<byte> key)
    {
        var reader = new Utf8JsonReader([(byte)'"', .. key, (byte)'"']);
        reader.Read();
        return reader.GetString()!;
    }

    private readonly int Peek() => _at < _json.Length ? _json[_at] : -1;

    private bool TakeAny()
    {
        _at++;
        return true;
    }

    private void Take(byte expected)
    {
        if (Fault is not null)
            return;
        if (Peek() == expected)
            _at++;
        else
            Fail($"'{(char)expected}' is expected");
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        if (!_json[_at..].StartsWith(word))
            return false;
        _at += word.Length;
        return true;
    }

    private void Fail(string fault) => Fault ??= string.Create(CultureInfo.InvariantCulture, $"{fault}, at byte {_at}");
}
