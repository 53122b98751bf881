using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Evidence.Tables;

/// <summary>
/// Puts the runs together. It keeps those of the range and those that were open when it began, so its memory grows with runs and not with entries.
/// </summary>
internal sealed class ChangeTable(EvidenceRange range) : IEvidenceRows
{
    private const int LongestName = 80;
    private const string Plain = "abcdefghijklmnopqrstuvwxyz0123456789-_";

    private readonly Dictionary<string, ChangeRow> _rows = new(StringComparer.Ordinal);

    public void See(EvidenceEntry entry, Place place)
    {
        if (entry.Link("run") is not { } run || entry.Time >= range.To)
            return;
        if (!_rows.TryGetValue(run, out var row))
        {
            // A plan alone changes nothing, and has no environment.
            if (entry.Fact("environment") is not { } environment)
                return;
            row = new ChangeRow(environment, run);
        }
        row.Take(entry, place);
        if (row is { HasEnded: true, IsInRange: false })
            _rows.Remove(run);
        else if (row.HasPlaces)
            _rows[run] = row;
    }

    public void Finish(TableFiles files)
    {
        foreach (var row in _rows.Values.Where(row => row.IsInRange).OrderBy(row => row.Order))
        {
            row.Cite();
            var file = FileOf(row.Environment);
            files.Begin(file, ChangeRow.Columns);
            files.Add(file, row.Cells());
        }
    }

    /// <summary>A name that every file system takes, and another one for every environment.</summary>
    internal static string FileOf(string environment)
    {
        var name = new StringBuilder();
        foreach (var letter in Encoding.UTF8.GetBytes(environment))
            if (Plain.Contains((char)letter, StringComparison.Ordinal))
                name.Append((char)letter);
            else
                name.Append(CultureInfo.InvariantCulture, $"%{letter:X2}");
        if (name.Length > LongestName)
            name = new StringBuilder(
                $"%{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(environment)))}"
            );
        return $"{EvidenceTables.Changes}{name}.csv";
    }
}
