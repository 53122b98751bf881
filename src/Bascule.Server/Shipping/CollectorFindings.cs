using System.Globalization;
using System.Runtime.CompilerServices;
using Bascule.Core.Api;

namespace Bascule.Server.Shipping;

/// <summary>What is to be done about the collectors, for whoever examines the installation.</summary>
internal sealed class CollectorFindings(CollectorReader reader)
{
    /// <summary>More entries than a collector is behind while everything is well.</summary>
    private const int MuchLag = 1000;

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = await reader.ListAsync(cancellationToken);
        foreach (var one in list.Collectors)
        {
            var subject = $"collector {one.Name}";
            yield return Of(subject, one, list.Entries);
            if (one.Letters > 0)
                yield return new Finding(FindingKind.Bad, subject, SetAside(one));
            foreach (var warning in one.Warnings)
                yield return new Finding(FindingKind.Note, subject, warning);
        }
    }

    private static Finding Of(string subject, CollectorRecord one, long entries)
    {
        if (one.Failure is { } failure)
            return new Finding(
                FindingKind.Bad,
                subject,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{entries - one.Next} audit entries wait{Since(one)}: {failure}{Consequence(one)}"
                )
            );
        return entries - one.Next > MuchLag
            ? new Finding(
                FindingKind.Note,
                subject,
                string.Create(CultureInfo.InvariantCulture, $"{entries - one.Next} audit entries are on their way")
            )
            : new Finding(FindingKind.Good, subject, $"{one.Kind} at {one.Target} has the audit log");
    }

    private static string SetAside(CollectorRecord one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"refuses {one.Letters} audit entries, the first is {one.SetAside[0].Index}: {one.SetAside[0].Reason}; correct that, then run: bascule audit collectors replay {one.Name}{Consequence(one)}"
        );

    private static string Since(CollectorRecord one) =>
        one.FailingSince is { } since
            ? $" since {since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"
            : "";

    private static string Consequence(CollectorRecord one) =>
        one.Required ? " (it is required: until then no run, log or delivery is deleted)" : "";
}
