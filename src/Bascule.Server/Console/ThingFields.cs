using Bascule.Core.Approvals;

namespace Bascule.Server.Console;

/// <summary>What exactly is approved, as hidden fields of a form: written and read by the same list.</summary>
internal static class ThingFields
{
    public static IReadOnlyList<(string Name, string Value)> Of(ApprovedThing thing) =>
        [
            ("environment", thing.Environment),
            ("commit", thing.Commit.ToString()),
            ("content", thing.Content.Hex),
            ("plan", thing.PlanDigest),
        ];
}
