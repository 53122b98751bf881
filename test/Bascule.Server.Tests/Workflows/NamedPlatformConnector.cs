using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core.Notebooks;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Server.Tests.Workflows;

/// <summary>A platform with one key, <c>run</c>, for what needs a second kind. Its notebooks have a real platform's form.</summary>
internal sealed class NamedPlatformConnector(string kind) : IPlatformConnector, IReadsNotebooks
{
    private readonly DatabricksConnector _notebooks = new();

    public string Kind => kind;

    public IPlatform? Open(string name, SettingReader settings, ConnectionHost host) => null;

    public PlatformEnvironment? ReadEnvironment(SettingReader settings) => null;

    public bool MayBeNotebook(string path) => _notebooks.MayBeNotebook(path);

    public IReadOnlyList<NotebookCell>? ReadCells(string path, ReadOnlySpan<byte> content) =>
        _notebooks.ReadCells(path, content);

    public PlatformTask? ReadTask(SettingReader settings)
    {
        var run = settings.RequiredText("run", "say what to run");
        settings.RefuseOthers();
        return run is null ? null : new NamedTask(run);
    }
}

internal sealed record NamedTask(string Run) : PlatformTask;
