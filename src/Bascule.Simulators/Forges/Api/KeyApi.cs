using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Public keys of accounts: for whoever has a token; OpenPGP at Gitea and Forgejo only.</summary>
internal static class KeyApi
{
    public static void Map(RouteTable table, bool isGogs)
    {
        table.Add("GET", "/users/{name}/keys", c => ListAsync(c, user => [.. user.SshKeys.Select(key => Ssh(c, key))]));
        if (!isGogs)
            table.Add("GET", "/users/{name}/gpg_keys", c => ListAsync(c, user => [.. user.GpgKeys.Select(Gpg)]));
    }

    private static Task ListAsync(ApiCall call, Func<ForgeUser, IReadOnlyList<JsonObject>> list)
    {
        call.Signed();
        var user = call.World.FindUser(call.Route("name")) ?? throw new ForgeRefusedException(404, "");
        lock (call.World.Gate)
        {
            return call.ListAsync(list(user));
        }
    }

    private static JsonObject Ssh(ApiCall call, SshKey key)
    {
        var shown = GoJson.Object(
            ("id", key.Id),
            ("key", key.Content),
            ("url", $"{call.Engine.BaseUrl}/api/v1/user/keys/{key.Id}"),
            ("title", key.Title)
        );
        if (!call.Engine.IsGogs)
            shown.Add("fingerprint", Fingerprint(key.Content));
        shown.Add("created_at", GoJson.Time(key.Created));
        return shown;
    }

    private static string Fingerprint(string line) =>
        "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(line.Split(' ')[1]))).TrimEnd('=');

    private static JsonObject Gpg(GpgKey key) =>
        GoJson.Object(
            ("id", key.Id),
            ("primary_key_id", ""),
            ("key_id", key.KeyId),
            ("public_key", key.Packet),
            ("emails", GoJson.Array([])),
            ("subkeys", GoJson.Array([])),
            ("can_sign", true),
            ("can_encrypt_comms", false),
            ("can_encrypt_storage", false),
            ("can_certify", true),
            ("verified", false),
            ("created_at", GoJson.Time(key.Created)),
            ("expires_at", GoJson.NoTime)
        );
}
