using Bascule.Core;
using Bascule.Server.GitProxy.Pushing;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>Where uploads wait until all of their bytes are known to be good: apart from pushes, so that neither takes the other's room (THREATS T95).</summary>
internal sealed class LfsSpool(PushLimits limits, GitProxyOptions options)
{
    private readonly Quarantines _places = new(
        limits with
        {
            Folder = limits.Folder + "-lfs",
            MaxPushes = options.MaxLfsUploads,
            MaxPackBytes = options.MaxLfsBytes + 1,
            MaxSpoolBytes = options.MaxLfsSpoolBytes,
        }
    );

    public Result<Quarantine> Open() => _places.Open();

    public Task<Problem?> FillAsync(Quarantine place, Stream body, CancellationToken cancellationToken) =>
        _places.SpoolAsync(place, body, cancellationToken);
}
