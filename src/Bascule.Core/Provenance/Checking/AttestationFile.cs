using System.Text.Json;
using Bascule.Core.Json;
using Bascule.Core.Provenance.Dsse;

namespace Bascule.Core.Provenance.Checking;

/// <summary>Finds the envelopes of a file: one DSSE envelope, one sigstore bundle, or JSON Lines of either (<c>.intoto.jsonl</c>).</summary>
public static class AttestationFile
{
    public const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxEnvelopes = 1000;

    /// <summary>Invalid when anything in it is something else: a file is taken whole or not at all.</summary>
    public static Result<IReadOnlyList<DsseEnvelope>> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > MaxBytes)
            return Problem.Exceeded($"the file is larger than {MaxBytes} bytes");
        var whole = StrictJson.Parse(file);
        if (whole.Problem is null)
            return One(whole.Value) is var only && only.Failed(out var problem)
                ? problem
                : Result.Of<IReadOnlyList<DsseEnvelope>>([only.Value]);
        List<DsseEnvelope> found = [];
        var number = 0;
        foreach (var range in Lines(file))
        {
            number++;
            var line = StrictJson.Parse(file[range]);
            var envelope = line.Failed(out var malformed)
                ? Problem.Invalid(number == 1 ? malformed.Message : $"line {number} is {malformed.Message}")
                : One(line.Value);
            if (envelope.Failed(out var unread))
                return number == 1 ? unread : unread with { Message = $"line {number}: {unread.Message}" };
            found.Add(envelope.Value);
            if (found.Count > MaxEnvelopes)
                return Problem.Exceeded($"the file holds more than {MaxEnvelopes} envelopes");
        }
        return found.Count == 0 ? Problem.Invalid("the file is empty") : found;
    }

    private static Result<DsseEnvelope> One(JsonElement json) =>
        SigstoreBundle.Is(json) ? SigstoreBundle.Read(json) : DsseReader.Read(json);

    private static IEnumerable<Range> Lines(ReadOnlyMemory<byte> file)
    {
        var start = 0;
        while (start < file.Length)
        {
            var length = file.Span[start..].IndexOf((byte)'\n');
            var end = length < 0 ? file.Length : start + length;
            if (!file.Span[start..end].Trim(" \t\r"u8).IsEmpty)
                yield return start..end;
            start = end + 1;
        }
    }
}
