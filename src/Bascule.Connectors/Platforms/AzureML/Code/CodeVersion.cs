using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>A version of a code asset: one exact content, sent once.</summary>
/// <param name="Name">One a repository.</param>
/// <param name="Version">The content's id, or what stands for it where notebooks lose their outputs, and which folder of it is sent where a job sends several.</param>
/// <param name="Tree">Digest of the tree that is sent, to tell that a version holds what its name says.</param>
internal sealed record CodeVersion(string Name, string Version, ContentId Content, string Tree)
{
    public const string ContentProperty = "bascule.content";
    public const string TreeProperty = "bascule.tree";
    private const int DigestDigits = 12;

    /// <summary>Below the workspace.</summary>
    public string Path => $"codes/{Name}/versions/{Version}";

    public string IdIn(AzureMlOptions options) => $"{options.WorkspaceId}/{Path}";

    /// <summary>What a job of one command sends.</summary>
    public static CodeVersion Of(string repository, ContentId content, SentTree sent) =>
        new(AssetOwner.NameOf(repository), sent.AddressOf(content).Hex, content, sent.Tree.TreeDigest);

    /// <summary>One of the folders that the steps of a pipeline run in.</summary>
    /// <param name="folder">Empty for all of the tree.</param>
    public static CodeVersion Of(string repository, ContentId content, SentTree sent, string folder)
    {
        var whole = Of(repository, content, sent);
        return folder.Length == 0
            ? whole
            : whole with
            {
                Version =
                    $"{whole.Version}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..DigestDigits]}",
            };
    }

    public JsonObject Body(Uri codeUri, string repository) =>
        new()
        {
            ["properties"] = new JsonObject
            {
                ["codeUri"] = codeUri.AbsoluteUri,
                ["isAnonymous"] = false,
                ["properties"] = new JsonObject { [ContentProperty] = Content.Hex, [TreeProperty] = Tree },
                ["tags"] = new JsonObject { ["bascule.repository"] = repository },
            },
        };

    /// <summary>Whether what is there is this one; somebody else may have taken its name.</summary>
    public bool IsThat(ArmResource found) =>
        Text(found, ContentProperty) == Content.Hex && Text(found, TreeProperty) == Tree;

    private static string? Text(ArmResource found, string name) =>
        JsonText.Of((found.Properties["properties"] as JsonObject)?[name]);
}
