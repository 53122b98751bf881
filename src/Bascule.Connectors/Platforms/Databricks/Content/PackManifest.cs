using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Content;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Says which file is in which pack, and what its bytes must be; the launcher reads it and is told its digest.</summary>
internal sealed class PackManifest
{
    private PackManifest(IReadOnlyList<FilePack> packs, byte[] bytes)
    {
        Packs = packs;
        Bytes = bytes;
        Digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    public IReadOnlyList<FilePack> Packs { get; }
    public byte[] Bytes { get; }
    public string Digest { get; }

    public static PackManifest Of(IReadOnlyList<FilePack> packs, string script, IContentTree tree)
    {
        var files = new JsonObject();
        foreach (var (index, pack) in packs.Index())
        foreach (var file in pack.Files)
            files[file.Path] = new JsonArray(index, tree.DigestOf(file), file.Kind == TreeEntryKind.Executable);
        var json = new JsonObject
        {
            ["files"] = files,
            ["packs"] = new JsonArray([.. packs.Select(pack => (JsonNode?)pack.Name)]),
            ["script"] = script,
            ["version"] = 1,
        };
        return new PackManifest(packs, CanonicalJson.Serialize(json));
    }

    /// <summary>The names of the packs that a stored manifest needs; null when it is not a manifest.</summary>
    public static IReadOnlyList<string>? PacksOf(byte[] stored)
    {
        var read = StrictJson.Parse(stored);
        return
            read.Problem is null
            && read.Value.ValueKind == JsonValueKind.Object
            && read.Value.TryGetProperty("packs", out var packs)
            && packs.ValueKind == JsonValueKind.Array
            ? [.. packs.EnumerateArray().Select(pack => pack.ToString())]
            : null;
    }
}
