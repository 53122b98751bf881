using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>Style, script and icon: inside the assembly, so that they travel in every release form; addressed by their content.</summary>
public sealed class ConsoleAssets
{
    private const string Prefix = "Bascule.Server.Console.Assets.";
    private readonly Dictionary<string, Asset> _assets = new[]
    {
        Read("console.css", "text/css; charset=utf-8"),
        Read("audit.css", "text/css; charset=utf-8"),
        Read("console.js", "text/javascript; charset=utf-8"),
        Read("audit.js", "text/javascript; charset=utf-8"),
        Read("proof.js", "text/javascript; charset=utf-8"),
        Read("icon.svg", "image/svg+xml"),
    }.ToDictionary(asset => asset.Name);

    /// <summary>Relative to the console's base.</summary>
    public string AddressOf(string name) => $"assets/{name}?v={_assets[name].Version}";

    internal IResult Answer(string name, string? v, HttpResponse response)
    {
        if (!_assets.TryGetValue(name, out var asset))
            return Results.NotFound();
        response.Headers.CacheControl = v == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(asset.Bytes, asset.Type);
    }

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream(Prefix + name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(name, type, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }

    private sealed record Asset(string Name, string Type, byte[] Bytes, string Version);
}
