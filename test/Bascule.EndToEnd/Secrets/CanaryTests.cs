using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Web;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Secrets;

/// <summary>A whole story, failures included, with secrets that can be recognised: none of them may be anywhere but where it belongs.</summary>
[Trait("Threat", "T114")]
public sealed class CanaryTests : IAsyncLifetime
{
    private const string ForgeToken = "forge+Tok/en=%41&'q'\"~canary-7f3a";
    private readonly ConcurrentDictionary<string, bool> _processes = new();
    private readonly Dictionary<string, byte[]> _places = [];
    private readonly List<string> _commits = [];
    private BasculeStage _stage = null!;
    private StageRepository _repository = null!;

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync(new StageOptions { ForgeToken = ForgeToken });
        await _stage.StartBinaryAsync();
        _repository = await _stage.CreateConnectedRepositoryAsync("churn");
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task LeavesNoSecretAnywhere()
    {
        await PlayAsync();
        await CollectAsync();
        await _stage.KillAsync();
        CollectFiles();

        var canaries = Canaries();
        var found = _places.SelectMany(place =>
            canaries
                .Where(canary => !IsItsOwnPlace(place.Key, canary.Name))
                .Select(canary => (place.Key, canary.It.FindIn(place.Value)))
        );

        canaries.Select(canary => canary.Name).Distinct().Count().ShouldBe(6);
        _processes.Keys.ShouldContain(process => process.Contains("fetch", StringComparison.Ordinal));
        _places.Keys.ShouldContain(place => place.EndsWith("bascule.db-wal", StringComparison.Ordinal));
        found.Where(leak => leak.Item2 is not null).Select(leak => $"{leak.Key}: {leak.Item2}").ShouldBeEmpty();
    }

    [Fact]
    public void FindsASecretInABasicHeaderAtEveryAlignment()
    {
        var canary = new Canary("token", ForgeToken);

        foreach (var user in (string[])["", "a", "ab", "abc"])
        {
            var header = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{ForgeToken}@end"));
            canary.FindIn(Encoding.ASCII.GetBytes($"Authorization: Basic {header}")).ShouldNotBeNull();
        }
        canary.FindIn("nothing of the kind"u8).ShouldBeNull();
    }

    private async Task PlayAsync()
    {
        using var watching = _stage.Watch(passing =>
        {
            if (passing is { Side: Side.Forge, Moment: Moment.Before })
                foreach (var process in ChildProcesses.LookAt(_stage.ProcessId))
                    _processes[process] = true;
            return Task.CompletedTask;
        });
        await RunAsync("all is well");
        var token = _stage.Databricks.Requests.Last(request => request is { FromJob: false, Authorization: not null });
        _stage.Databricks.Inject(
            Fault.Error("POST", "/runs/submit$", 400, "INVALID_PARAMETER_VALUE", $"bad: {token.Authorization}")
        );
        await RunAsync("the platform repeats what it was given");
        _stage.Databricks.Inject(Fault.Redirect("GET", "/runs/get$", "https://127.0.0.1:9/elsewhere"));
        await RunAsync("the platform sends elsewhere");
        _stage.Databricks.ExpireAllTokens();
        _stage.Forge.Faults.FailNext("POST", "/statuses/", 401, count: 2);
        _stage.Forge.Faults.FailNext("GET", "/info/refs.service=git-upload-pack", 401);
        await RunAsync("nobody is let in");
        _stage.Forge.Faults.Redirect("POST", "/statuses/", 307, "https://127.0.0.1:9/elsewhere");
        _repository.Developer.Write("train.py", "raise SystemExit('broken')\n");
        await RunAsync("a broken script");
        await _repository.PushBranchAsync("pull");
        _stage.Forge.Faults.FailNext("POST", "/git-upload-pack$", 500);
        await _repository.OpenAsync("pull");
        await _stage.SettleAsync();
    }

    private async Task RunAsync(string text)
    {
        var commit = await _repository.PushChangeAsync(text);
        await _stage.WaitForRunAsync(commit);
        _commits.Add(commit);
    }

    private async Task CollectAsync()
    {
        Add("standard streams", _stage.Written);
        foreach (var (process, index) in _processes.Keys.Select((process, index) => (process, index)))
            Add($"process {index}", process);
        Add("forge", JsonSerializer.Serialize(_stage.Forge.Comments(_repository.Forge)));
        Add("forge statuses", JsonSerializer.Serialize(_stage.Forge.Statuses(_repository.Forge)));
        foreach (var commit in _commits)
            Add(
                $"API {commit}",
                JsonSerializer.Serialize(await _stage.WaitForRunAsync(commit), ApiJson.Default.RunDetail)
            );
        var findings = new List<Finding>();
        await foreach (var finding in _stage.Client.ExamineAsync(CancellationToken.None))
            findings.Add(finding.Value);
        Add("doctor", JsonSerializer.Serialize(findings));
        var listed = await _stage.Client.ListRunsAsync(new RunQuery(), CancellationToken.None);
        listed.Value.Runs.Count(run => run.State == RunState.Failed).ShouldBeGreaterThan(1);
        var shown = await BasculeCommand.RunAsync(_stage.Folder, "run", "show", listed.Value.Runs[0].Id);
        Add("run show", shown.Output + shown.Errors);
    }

    private void CollectFiles()
    {
        foreach (var file in Directory.EnumerateFiles(_stage.DataFolder, "*", SearchOption.AllDirectories))
            _places[file] = File.ReadAllBytes(file);
    }

    private List<(string Name, Canary It)> Canaries()
    {
        var requests = _stage.Databricks.Requests.Where(request => !request.FromJob).ToList();
        var assertions = requests
            .Where(request => request.Path.EndsWith("/oidc/v1/token", StringComparison.Ordinal))
            .Select(request => HttpUtility.ParseQueryString(request.Body)["subject_token"]!.Split('.')[2]);
        var bearers = requests.Select(request => request.Authorization).OfType<string>().Distinct();
        return
        [
            ("forge token", Named("forge token", ForgeToken)),
            ("webhook secret", Named("webhook secret", _stage.Forge.Hooks(_repository.Forge)[0].Secret)),
            ("master key", new Canary("master key", File.ReadAllBytes(Path.Combine(_stage.DataFolder, "master.key")))),
            ("cli token", Named("cli token", File.ReadAllText(Path.Combine(_stage.DataFolder, "cli.token")))),
            .. assertions.Select(token => ("assertion", Named("assertion", token))),
            .. bearers
                .Where(text => text.StartsWith("Bearer ", StringComparison.Ordinal))
                .Select(text => ("access token", Named("access token", text[7..]))),
        ];
    }

    private static Canary Named(string name, string secret) => new(name, secret);

    private static bool IsItsOwnPlace(string place, string canary) =>
        (Path.GetFileName(place), canary) is ("master.key", "master key") or ("cli.token", "cli token");

    private void Add(string place, string text) => _places[place] = Encoding.UTF8.GetBytes(text);
}
