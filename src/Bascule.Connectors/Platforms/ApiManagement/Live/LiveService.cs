using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Live;

/// <summary>What a service holds now, as far as it was looked at. Secret values are not in it: the service does not show them.</summary>
internal sealed class LiveService
{
    /// <summary>The member <c>properties</c> of each; an API without a revision stands for its current one.</summary>
    public required IReadOnlyDictionary<ApimAddress, JsonObject> Resources { get; init; }

    /// <summary>The numbers of the revisions of each API that was looked at.</summary>
    public required IReadOnlyDictionary<ApimAddress, IReadOnlyList<int>> Revisions { get; init; }

    public JsonObject? Find(ApimAddress address) => Resources.GetValueOrDefault(address);

    /// <summary>What is below one.</summary>
    public IEnumerable<ApimAddress> Below(ApimAddress parent, ApimKind kind) =>
        Resources.Keys.Where(address => address.Kind == kind && parent.Equals(address.Parent));

    /// <summary>Null when there is no such API.</summary>
    public int? CurrentRevision(ApimAddress api) =>
        Find(api)?["apiRevision"]?.ToString() is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
