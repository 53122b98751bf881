using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Dags;
using Bascule.Cli.Features.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Demo.Airflow;

/// <summary>A host that reads DAGs from a folder: <c>bascule dags follow</c> at work, with the pod's token.</summary>
internal sealed class DagsReader : IFollowVoice, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Following _following;
    private readonly string _current;
    private readonly Task _loop;

    public DagsReader(AirflowDemo airflow, DemoGround ground)
    {
        var into = Path.Combine(ground.Folder, "dags");
        var (address, tokenFile) = (AirflowDemo.AddressOf(ground), airflow.ProjectToken(ground));
        var options = new FollowOptions
        {
            Folder = into,
            Address = FollowedAddress.Read(address).Value,
            Ref = RefName.Parse(AirflowDemo.Ref),
            Ca = ground.CaFile,
        };
        _following = Following
            .Open(options, client => new WorkloadLogin(new PodToken(client!, tokenFile, address), TimeProvider.System))
            .Value;
        _current = Path.Combine(into, "current");
        OutputFeature.Say($"  bascule dags follow --into {into} --url {address} --ref {AirflowDemo.Ref}");
        _loop = _following.RunAsync(this, _stop.Token);
    }

    /// <summary>The commit whose files are shown; null before the first.</summary>
    public string? Commit => _following.Folder.Current?.ToString();

    /// <summary>A file as it is shown now; null where there is none.</summary>
    public string? Read(string path) =>
        File.Exists(Path.Combine(_current, path)) ? File.ReadAllText(Path.Combine(_current, path)) : null;

    public void Show(Published published) =>
        Say(
            published.At,
            $"current -> versions/{published.Commit.Short}  {string.Join(' ', FilesOf(Path.Combine(_current, "dags")))}"
        );

    public void Fail(Problem problem) => Say(DateTimeOffset.UtcNow, problem.Message);

    public void Recover() { }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _following.DisposeAsync();
        _stop.Dispose();
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder)
                .Select(file => $"dags/{Path.GetFileName(file)}")
                .Order(StringComparer.Ordinal)
            : [];

    private static void Say(DateTimeOffset at, string text) =>
        OutputFeature.Say(string.Create(CultureInfo.InvariantCulture, $"  {at:HH:mm:ss.fff}  the folder  {text}"));
}
