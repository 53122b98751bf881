using System.Globalization;
using Bascule.Core.Audit;

namespace Bascule.Core.Evidence;

/// <summary>The time that a pack is about: from its first moment up to, and without, its end.</summary>
public sealed record EvidenceRange(DateTimeOffset From, DateTimeOffset To)
{
    private const string Day = "yyyy-MM-dd";

    private static readonly string[] Forms =
    [
        Day,
        "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFF'Z'",
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFzzz",
    ];

    /// <summary>Invalid, with the name of the one that is wrong, for what is no day and no time of RFC 3339.</summary>
    public static Result<EvidenceRange> Parse(string? from, string? to)
    {
        var begins = Read("--from", from);
        if (begins.Failed(out var problem))
            return problem;
        var ends = Read("--to", to);
        if (ends.Failed(out problem))
            return problem;
        return begins.Value < ends.Value
            ? new EvidenceRange(begins.Value, ends.Value)
            : Problem.Invalid(
                $"--to {to} is not after --from {from}: the range begins at --from and ends before --to, so a whole day is --from 2026-11-21 --to 2026-11-22"
            );
    }

    public bool Holds(DateTimeOffset time) => time >= From && time < To;

    /// <summary>As file names have it: days where both are the beginning of one.</summary>
    public string FileWord => $"{Word(From)}-to-{Word(To)}";

    public override string ToString() =>
        $"from {AuditEntry.TimeText(From)} up to, and without, {AuditEntry.TimeText(To)}";

    private string Word(DateTimeOffset time) =>
        time.UtcDateTime.ToString(
            From.TimeOfDay == default && To.TimeOfDay == default ? Day : "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture
        );

    private static Result<DateTimeOffset> Read(string option, string? text)
    {
        if (text is null)
            return Problem.Invalid($"{option} is missing: name a day or a time in UTC, {option} 2026-11-21");
        return DateTimeOffset.TryParseExact(
            text,
            Forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time.ToUniversalTime()
            : Problem.Invalid(
                $"{option} '{text}' is neither a day nor a time: 2026-11-21 (which begins at midnight UTC), 2026-11-21T12:00:00Z, 2026-11-21T13:00:00+01:00"
            );
    }
}
