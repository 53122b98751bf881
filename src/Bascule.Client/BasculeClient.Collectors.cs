using System.Globalization;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>Who gets copies of the audit log, and how far they have come.</summary>
    public Task<Result<CollectorList>> ListCollectorsAsync(CancellationToken cancellationToken) =>
        GetAsync("audit/collectors", ApiJson.Default.CollectorList, cancellationToken);

    /// <summary>Asks for entries that were set aside to be sent again, and does not wait for it.</summary>
    /// <param name="index">Null for all of them.</param>
    public Task<Result<CollectorList>> ReplayToCollectorAsync(
        string collector,
        long? index,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"audit/collectors/replay?collector={Uri.EscapeDataString(collector)}{(index is { } one ? $"&index={one}" : "")}"
            ),
            ApiJson.Default.CollectorList,
            cancellationToken
        );
}
