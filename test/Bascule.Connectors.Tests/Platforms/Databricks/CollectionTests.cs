using System.Text;
using Bascule.Connectors.Platforms.Databricks.Content;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class CollectionTests : IDisposable
{
    private const string Repository = "/Workspace/Shared/bascule/ml/churn";
    private readonly DatabricksFixture _fixture = new();

    private FakeWorkspace Workspace => _fixture.Workspace;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task RemovesOldUploadsButTheNewestFive()
    {
        for (var days = 10; days < 18; days++)
            Put(Id(days), days);

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        // The one just sent and four others are the newest five.
        Left().ShouldBe([Id(10), Id(11), Id(12), Id(13), _fixture.Tree.Content.Hex], ignoreOrder: true);
        _fixture.Audit.Operations.Count(operation => operation == "databricks.workspace.delete").ShouldBe(4);
        _fixture.Progress.ShouldContain($"removed 4 old uploads from {Repository}");
    }

    [Fact]
    public async Task KeepsWhatIsYoungerThanAWeek()
    {
        for (var days = 0; days < 7; days++)
            Put(Id(days), days);

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Left().Count.ShouldBe(8);
        Workspace.To("/delete").ShouldBeEmpty();
    }

    [Fact]
    public async Task KeepsWhatAnActiveRunUses()
    {
        for (var days = 10; days < 16; days++)
            Put(Id(days), days);
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/list", StringComparison.Ordinal)
                ? FakeWorkspace.Json(
                    call.Query.Contains("page_token", StringComparison.Ordinal)
                        ? $$"""{"runs":[{"tasks":[{"spark_python_task":{"python_file":"{{Repository}}/{{Id(15)}}/train.py"} }]}]}"""
                        : """{"runs":[],"next_page_token":"two"}"""
                )
                : null;

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Left().ShouldContain(Id(15));
        Left().ShouldNotContain(Id(14));
    }

    [Fact]
    public async Task RemovesNothingWhenActiveRunsCannotBeListed()
    {
        for (var days = 10; days < 18; days++)
            Put(Id(days), days);
        Workspace.Instead = call =>
            call.Path.EndsWith("/runs/list", StringComparison.Ordinal)
                ? FakeWorkspace.Refuse(403, "PERMISSION_DENIED", "no")
                : null;

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem.ShouldBeNull();
        Workspace.To("/delete").ShouldBeEmpty();
        _fixture.Progress.ShouldContain(line =>
            line.StartsWith("old uploads were not collected", StringComparison.Ordinal)
        );
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task RemovesOnlyWhatIsMarkedAsItsOwn()
    {
        for (var days = 10; days < 18; days++)
            Put(Id(days), days);
        Workspace.Files[$"{Repository}/{Id(90)}/train.py"] = "x"u8.ToArray();
        Workspace.Files[$"{Repository}/{Id(91)}/.bascule-content"] = Marker(Id(1), 91);
        Workspace.Files[$"{Repository}/notes/.bascule-content"] = Marker("notes", 91);

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Left().ShouldContain(Id(90));
        Left().ShouldContain(Id(91));
        Left().ShouldContain("notes");
    }

    [Fact]
    public async Task RemovesPacksThatNoManifestNames()
    {
        Workspace.ModifiedAt = _fixture.Time.GetUtcNow().AddDays(-30).ToUnixTimeMilliseconds();
        for (var days = 10; days < 18; days++)
        {
            Put(Id(days), days);
            Workspace.Files[$"{Repository}/packs/{days}.zip"] = "PK"u8.ToArray();
            Workspace.Files[$"{Repository}/{Id(days)}/manifest.json"] = Encoding.UTF8.GetBytes(
                $$"""{"packs":["{{days}}.zip"]}"""
            );
        }

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Workspace
            .Files.Keys.Where(path => path.StartsWith($"{Repository}/packs/", StringComparison.Ordinal))
            .Order()
            .ShouldBe(new[] { 10, 11, 12, 13 }.Select(days => $"{Repository}/packs/{days}.zip"));
    }

    [Fact]
    public async Task KeepsAllPacksBesideAManifestThatCannotBeRead()
    {
        for (var days = 10; days < 18; days++)
            Put(Id(days), days);
        Workspace.Files[$"{Repository}/packs/lonely.zip"] = "PK"u8.ToArray();
        Workspace.Files[$"{Repository}/{Id(10)}/manifest.json"] = "not json"u8.ToArray();

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Workspace.Files.Keys.ShouldContain($"{Repository}/packs/lonely.zip");
    }

    [Fact]
    public async Task KeepsYoungPacks()
    {
        Workspace.ModifiedAt = _fixture.Time.GetUtcNow().AddDays(-6).ToUnixTimeMilliseconds();
        for (var days = 10; days < 18; days++)
            Put(Id(days), days);
        Workspace.Files[$"{Repository}/packs/lonely.zip"] = "PK"u8.ToArray();

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Workspace.To("/delete").ShouldNotBeEmpty();
        Workspace.Files.Keys.ShouldContain($"{Repository}/packs/lonely.zip");
    }

    [Fact]
    public async Task LooksOnceAnHour()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);
        await _fixture.Platform.StartAsync(_fixture.Start, default);
        Lists().ShouldBe(1);

        _fixture.Time.Advance(TimeSpan.FromMinutes(61));
        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Lists().ShouldBe(2);
    }

    [Fact]
    public async Task GivesAnOldContentThatIsUsedAgainANewDate()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);
        var (sent, marker) = (Workspace.Imported.Count(), $"{Repository}/{_fixture.Tree.Content}/.bascule-content");
        _fixture.Time.Advance(TimeSpan.FromDays(4));

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Workspace.Imported.Skip(sent).ShouldBe([marker]);
        ContentMarker.Parse(Workspace.Files[marker])!.At.ShouldBe(_fixture.Time.GetUtcNow(), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task WaitsForNobodyInTheMiddleOfAStart()
    {
        var use = new FolderUse();
        using var other = await use.BeginAsync("a", default);
        var ran = false;

        await use.WhenAloneAsync("a", () => Task.FromResult(ran = true), default);
        ran.ShouldBeFalse();
        await use.WhenAloneAsync("b", () => Task.FromResult(ran = true), default);

        ran.ShouldBeTrue();
    }

    private static string Id(int number) => number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    private void Put(string content, int days) =>
        Workspace.Files[$"{Repository}/{content}/.bascule-content"] = Marker(content, days);

    private byte[] Marker(string content, int days) =>
        new ContentMarker(content, "tree", "files", _fixture.Time.GetUtcNow().AddDays(-days)).ToBytes();

    private List<string> Left() =>
        [
            .. Workspace
                .Files.Keys.Where(path => path.StartsWith(Repository + "/", StringComparison.Ordinal))
                .Select(path => path[(Repository.Length + 1)..].Split('/')[0])
                .Distinct(),
        ];

    private int Lists() =>
        Workspace.To("/list").Count(call => call.Query.EndsWith(Repository, StringComparison.Ordinal));
}
