using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>One Airflow of either generation. Safe to use from many tasks at once.</summary>
internal sealed class AirflowClient : IDisposable
{
    private readonly AirflowOptions _options;
    private readonly AirflowHttp _http;

    public AirflowClient(AirflowOptions options, OutboundClient http, TimeProvider time)
    {
        _options = options;
        _http = new AirflowHttp(http, new AirflowLogin(http, options, time));
        Versions = new AirflowVersions(_http, options);
        Runs = new AirflowRuns(_http, options);
        Logs = new AirflowLogs(_http, options);
    }

    public AirflowVersions Versions { get; }

    public AirflowRuns Runs { get; }

    public AirflowLogs Logs { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>Proves that the login works: which release answers.</summary>
    public async Task<Result<string>> IdentifyAsync(AirflowSession session, CancellationToken cancellationToken)
    {
        // Anybody may read the version; the list of import errors is for those who are known.
        var known = await _http.GetAsync(
            session,
            $"{_options.Base}/importErrors?limit=1",
            "log in",
            AirflowJson.Default.ImportErrorPage,
            cancellationToken
        );
        if (known.Failed(out var problem))
            return Named(session, problem);
        var read = await _http.GetAsync(
            session,
            $"{_options.Base}/version",
            "read its version",
            AirflowJson.Default.VersionAnswer,
            cancellationToken
        );
        return read.Failed(out problem)
            ? problem
            : $"Airflow {StatusProblem.Clean(read.Value.Version ?? "of an unknown version")}";
    }

    /// <summary>Whoever is to let a run in must know which name it comes by.</summary>
    private Problem Named(AirflowSession session, Problem refused) =>
        refused.Code is ProblemCode.Unauthenticated && _options.Account is AirflowAccount.Signed
            ? refused with
            {
                Message = $"{refused.Message}; the token's subject is '{session.Identity.Subject}'",
            }
            : refused;
}
