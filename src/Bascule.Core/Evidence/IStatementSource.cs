using Bascule.Core.Api;

namespace Bascule.Core.Evidence;

/// <summary>Where the signed statements of runs are fetched. What it answers is held against the log.</summary>
public interface IStatementSource
{
    /// <summary>NotFound or Denied where there are none for whoever asks.</summary>
    Task<Result<AttestationList>> ListAsync(string run, CancellationToken cancellationToken);

    /// <summary>The keys that sign them, or did.</summary>
    Task<Result<ProvenanceKeyList>> ListKeysAsync(CancellationToken cancellationToken);
}
