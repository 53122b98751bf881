using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>When something was made and last changed.</summary>
internal sealed class Stamp(DateTimeOffset createdAt)
{
    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset ModifiedAt { get; set; } = createdAt;

    public JsonObject ToJson() =>
        new()
        {
            ["createdAt"] = Text(CreatedAt),
            ["createdByType"] = "Application",
            ["lastModifiedAt"] = Text(ModifiedAt),
            ["lastModifiedByType"] = "Application",
        };

    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
