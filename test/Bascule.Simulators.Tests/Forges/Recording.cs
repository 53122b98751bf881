using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

/// <summary>The files that real servers sent; the accounts in them are made again with the same tokens.</summary>
internal static class Recording
{
    public static readonly IReadOnlyDictionary<string, string> GiteaTokens = new Dictionary<string, string>
    {
        ["labadmin"] = "3276d216dd695a2e01c1bef46e53e2c997fe7253",
        ["alice"] = "891ba5cb079690ffa9a9a439e239fd2f28dbbb44",
        ["bob"] = "9c172bec37d8239e81546625b56470ff01f2d4e9",
        ["mallory"] = "b2cf4f293669b12e54723b955866e8e6b46b8872",
    };

    public static readonly IReadOnlyDictionary<string, string> GogsTokens = new Dictionary<string, string>
    {
        ["labadmin"] = "2507669df124953ea4a2faa6810b908613824500",
        ["alice"] = "5a0f672cbef0b9a8c90159b2f54cff338dc4896d",
        ["bob"] = "7397b87df63b5b5615a0a0b28001446f39f8e995",
        ["mallory"] = "0fc909003f5f9569306797b1a31f662689704a06",
    };

    public static string Folder(ForgeFlavour flavour) =>
        Path.Combine(
            AppContext.BaseDirectory,
            "Recorded",
            "forges",
            flavour == ForgeFlavour.Gogs ? "gogs-0.11.91" : "gitea-1.16.9"
        );

    public static string Body(ForgeFlavour flavour, string name) =>
        File.ReadAllText(Path.Combine(Folder(flavour), name), Encoding.UTF8);

    public static JsonNode Json(ForgeFlavour flavour, string name) => JsonNode.Parse(Body(flavour, name))!;

    public static string[] HeaderLines(ForgeFlavour flavour, string name) =>
        [
            .. Body(flavour, name + ".headers")
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(l => l.TrimEnd()),
        ];
}
