using System.Globalization;
using Bascule.Core;
using Bascule.Core.Audit.Searching;
using Microsoft.Extensions.Primitives;

namespace Bascule.Server.Audit.Log;

/// <summary>Reads what is asked of the audit log out of an address: the same words for the API and for the console.</summary>
internal static class EntryQuery
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;
    private const int MostTerms = 8;

    /// <summary>Names of the query that are not terms themselves.</summary>
    private static readonly string[] Others = ["limit", "before", "since", "until"];

    public static Result<EntryQuestion> Read(IEnumerable<KeyValuePair<string, StringValues>> asked)
    {
        var query = asked.ToDictionary(StringComparer.Ordinal);
        if (query.FirstOrDefault(one => one.Value.Count != 1 || string.IsNullOrEmpty(one.Value[0])).Key is { } wrong)
            return Problem.Invalid($"write {wrong}=… once, with a value");
        if (ReadNumber(query, "limit", DefaultLimit, 1, MaxLimit) is not { } limit)
            return Problem.Invalid($"limit is a number from 1 to {MaxLimit}");
        if (ReadNumber(query, "before", long.MaxValue, 0, long.MaxValue) is not { } before)
            return Problem.Invalid("before is the index of an entry");
        var (since, until) = (ReadTime(query, "since"), ReadTime(query, "until"));
        if (since.Failed(out var problem) || until.Failed(out problem))
            return problem;
        List<string> terms =
        [
            .. query.Where(one => !Others.Contains(one.Key)).Select(one => EntryTerms.Write(one.Key, one.Value[0]!)),
        ];
        return terms.Count <= MostTerms
            ? new EntryQuestion(terms, before, (int)limit, since.Value, until.Value)
            : Problem.Invalid($"ask for {MostTerms} things at most");
    }

    private static long? ReadNumber(
        Dictionary<string, StringValues> query,
        string name,
        long fallback,
        long least,
        long most
    )
    {
        if (!query.TryGetValue(name, out var written))
            return fallback;
        var isNumber = long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number >= least && number <= most ? number : null;
    }

    private static Result<DateTimeOffset?> ReadTime(Dictionary<string, StringValues> query, string name)
    {
        if (!query.TryGetValue(name, out var written))
            return Result.Of<DateTimeOffset?>(null);
        return DateTimeOffset.TryParse(
            written,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? Result.Of<DateTimeOffset?>(time)
            : Problem.Invalid($"{name} is a date or a time, e.g. 2026-11-01 or 2026-11-01T12:00:00Z");
    }
}
