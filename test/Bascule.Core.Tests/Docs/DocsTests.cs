using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bascule.Core.Tests.Docs;

/// <summary>Docs rot unless a test reads them.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void EveryLinkLeadsSomewhere()
    {
        var broken = MarkdownPage.All.SelectMany(page =>
            page.Links.Where(target => !page.Leads(target)).Select(target => $"{page.Name}: {target}")
        );

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void TheTableOfExitCodesIsTheOneInTheSource()
    {
        var source = ExitCode().Matches(ProjectFiles.Read("src/Bascule.Cli/ExitCodes.cs")).Select(Pair);
        var table = ExitCodeRow().Matches(ProjectFiles.Read("docs/command-line.md")).Select(Pair);

        source.ShouldNotBeEmpty();
        table.ShouldBe(source);
    }

    [Fact]
    public void EveryCommandInTheDocsExists()
    {
        var commands = Commands();

        var unknown = MarkdownPage.All.SelectMany(page =>
            Mention()
                .Matches(page.Text)
                .Where(match =>
                    !commands.Any(command =>
                        (match.Groups["words"].Value.Replace('-', ' ') + " ").StartsWith(
                            command + " ",
                            StringComparison.Ordinal
                        )
                    )
                )
                .Select(match => $"{page.Name}: {match.Value}")
        );

        commands.ShouldContain("run list");
        unknown.ShouldBeEmpty();
    }

    [Fact]
    public void EveryCommandHasItsSection()
    {
        var page = ProjectFiles.Read("docs/command-line.md").Replace('-', ' ');

        Commands()
            .Where(command => !page.Contains($"### bascule {command}\n", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void EveryOptionIsOnThePageOfCommands()
    {
        var page = ProjectFiles.Read("docs/command-line.md");
        var options = ProjectFiles
            .Find("src/Bascule.Cli", "*.cs")
            .SelectMany(file => Option().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .ToList();

        options.ShouldContain("--json");
        options.Where(option => !page.Contains($"`{option}", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("schemas/bascule.schema.json")]
    [InlineData("schemas/bascule-workflow.schema.json")]
    public void EveryKeyOfASchemaIsOnThePageOfSettings(string schema)
    {
        using var parsed = JsonDocument.Parse(ProjectFiles.Read(schema));
        var named = Code()
            .Matches(ProjectFiles.Read("docs/configuration.md"))
            .SelectMany(match => match.Groups["text"].Value.Split('.', ' '))
            .ToHashSet();

        var keys = KeysOf(parsed.RootElement).ToList();

        keys.ShouldNotBeEmpty();
        keys.Where(key => !named.Contains(key)).ShouldBeEmpty();
    }

    /// <summary>ConfigCheckCommand is <c>config check</c>.</summary>
    private static List<string> Commands() =>
        [
            .. Registered()
                .Matches(ProjectFiles.Read("src/Bascule.Cli/CommandLine.cs"))
                .Select(match => Capital().Replace(match.Groups["name"].Value, " $0").Trim().ToLowerInvariant()),
        ];

    private static (string Code, string Name) Pair(Match match) =>
        (match.Groups["code"].Value, match.Groups["name"].Value);

    private static IEnumerable<string> KeysOf(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Array)
            return schema.EnumerateArray().SelectMany(KeysOf);
        if (schema.ValueKind != JsonValueKind.Object)
            return [];
        var own =
            schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
                ? properties.EnumerateObject().Select(property => property.Name)
                : [];
        return own.Concat(schema.EnumerateObject().SelectMany(property => KeysOf(property.Value)));
    }

    [GeneratedRegex(@"const int (?<name>\w+) = (?<code>\d+);")]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"^\| (?<code>\d+) \| `(?<name>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    /// <summary>The program with at least one word; not the account of that name after -u, -g or -o.</summary>
    [GeneratedRegex(@"(?<![\w-]|-[ugo] )bascule (?!bascule)(?<words>[a-z][a-z-]*(?: [a-z][a-z-]*){0,2})")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\b(?<name>\w+)Command\.Create\(\)")]
    private static partial Regex Registered();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex("""new\("(?<name>--[a-z-]+)"\)""")]
    private static partial Regex Option();

    [GeneratedRegex("`(?<text>[^`\n]+)`")]
    private static partial Regex Code();
}
