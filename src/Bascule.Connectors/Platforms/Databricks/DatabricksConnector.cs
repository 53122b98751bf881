using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Core.Notebooks;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Opens Databricks workspaces: <c>kind: databricks</c>.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log; never told a secret.</param>
public sealed class DatabricksConnector(Action<string>? detail = null) : IPlatformConnector, IReadsNotebooks
{
    public string Kind => DatabricksDefaults.Kind;

    public IPlatform? Open(string name, SettingReader settings, ConnectionHost host) =>
        DatabricksOptions.Read(name, settings, host) is { } options ? Open(options, host) : null;

    public PlatformEnvironment? ReadEnvironment(SettingReader settings) => DatabricksEnvironment.Read(settings);

    public PlatformTask? ReadTask(SettingReader settings) => DatabricksTask.Read(settings);

    public bool MayBeNotebook(string path) => NotebookFormat.DependsOnContent(path);

    public IReadOnlyList<NotebookCell>? ReadCells(string path, ReadOnlySpan<byte> content) =>
        SourceNotebook.ReadCells(path, content);

    private DatabricksPlatform Open(DatabricksOptions options, ConnectionHost host)
    {
        var http = new OutboundClient(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = options.Url,
                CaFile = options.CaFile,
                Time = host.Time,
                Timeout = TimeSpan.FromSeconds(60), // the workspace itself may take long to store 10 MB
                MaxAnswerBytes = 16 * 1024 * 1024, // an export has up to 10 MB as base64, an output 5 MB of log
                Detail = detail,
            }
        );
        return options.Cli is null
            ? new DatabricksPlatform(options, http, host)
            : new DeployingPlatform(options, http, host);
    }
}
