using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Testing.Node;
using Bascule.Testing.Stage;

namespace Bascule.Testing.Identity;

/// <summary>
/// A real OpenID provider that is not ours (npm oidc-provider) on a free loopback port: code and PKCE, device flow, client credentials, refresh, groups,
/// logout at the back channel. For tests marked <see cref="NodeFactAttribute"/>. Sessions and refresh tokens live in its memory.
/// </summary>
public sealed class OidcProvider : IAsyncDisposable
{
    private const int KeyBits = 2048;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-oidc-");
    private readonly SortedDictionary<string, OidcUser> _users;
    private readonly IReadOnlyList<OidcClient> _clients;
    private readonly int _port = LoopbackPort.Find();
    private readonly string? _caFile;
    private JsonArray _keys = [];
    private int _keyNumber;
    private ChildProvider? _process;

    private OidcProvider(
        IReadOnlyDictionary<string, OidcUser> users,
        IReadOnlyList<OidcClient> clients,
        string? caFile
    ) => (_users, _clients, _caFile) = (new(users.ToDictionary()), clients, caFile);

    /// <summary>Its address without a slash at the end, as <c>iss</c> says it.</summary>
    public string Issuer => $"http://127.0.0.1:{_port}";

    /// <summary>All that it wrote since it was last started.</summary>
    public string Written => _process?.Written ?? "";

    /// <param name="users">By their <c>sub</c>, which is also what they type as login; any password is right.</param>
    /// <param name="caFile">Whom it trusts besides the system's roots when it calls a client at the back channel.</param>
    public static async Task<OidcProvider> StartAsync(
        IReadOnlyDictionary<string, OidcUser> users,
        IReadOnlyList<OidcClient> clients,
        string? caFile = null
    )
    {
        var provider = new OidcProvider(users, clients, caFile);
        await provider.RotateKeysAsync();
        return provider;
    }

    /// <summary>Adds or replaces a person; holds from the next request on.</summary>
    public async Task SetUserAsync(string sub, OidcUser user)
    {
        _users[sub] = user;
        await SaveUsersAsync();
    }

    /// <summary>The person cannot sign in or refresh any more.</summary>
    public Task DisableUserAsync(string sub) => SetUserAsync(sub, _users[sub] with { Disabled = true });

    /// <summary>Starts again, at the same address, with a new key that signs from now on. Whoever was signed in is not any more.</summary>
    /// <param name="keepFormer">Whether the keys before it are still published.</param>
    public async Task RotateKeysAsync(bool keepFormer = true)
    {
        await StopAsync();
        _keys = [NewKey($"k{++_keyNumber}"), .. keepFormer ? _keys.Select(key => key!.DeepClone()) : []];
        await StartAgainAsync();
    }

    /// <summary>It does not answer until <see cref="StartAgainAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }

    public async Task StartAgainAsync()
    {
        await SaveUsersAsync();
        var settings = new JsonObject
        {
            ["port"] = _port,
            ["keys"] = _keys.DeepClone(),
            ["clients"] = JsonSerializer.SerializeToNode(_clients),
            ["users"] = UsersFile,
        };
        var file = Path.Combine(_folder.FullName, "settings.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString());
        var start = new ProcessStartInfo("node", [Path.Combine(NodeOracle.Folder, "provider.mjs"), file]);
        if (_caFile is not null)
            start.Environment["NODE_EXTRA_CA_CERTS"] = _caFile;
        _process = await ChildProvider.StartAsync(start, new Uri($"{Issuer}/jwks"));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private string UsersFile => Path.Combine(_folder.FullName, "users.json");

    /// <summary>It reads the file at any time: what is there is always whole.</summary>
    private async Task SaveUsersAsync()
    {
        var fresh = UsersFile + ".new";
        await File.WriteAllTextAsync(fresh, JsonSerializer.Serialize(_users));
        File.Move(fresh, UsersFile, overwrite: true);
    }

    private static JsonObject NewKey(string name)
    {
        using var rsa = RSA.Create(KeyBits);
        var key = rsa.ExportParameters(includePrivateParameters: true);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["kid"] = name,
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["n"] = TokenMint.Text(key.Modulus!),
            ["e"] = TokenMint.Text(key.Exponent!),
            ["d"] = TokenMint.Text(key.D!),
            ["p"] = TokenMint.Text(key.P!),
            ["q"] = TokenMint.Text(key.Q!),
            ["dp"] = TokenMint.Text(key.DP!),
            ["dq"] = TokenMint.Text(key.DQ!),
            ["qi"] = TokenMint.Text(key.InverseQ!),
        };
    }
}
