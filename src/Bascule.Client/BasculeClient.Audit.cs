using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>Entries of the audit log, newest first. Denied to who may not read it.</summary>
    /// <param name="query">What to look for: <c>type</c>, <c>actor</c>, <c>id</c> and every link of an entry; <c>since</c>, <c>until</c>, <c>before</c>, <c>limit</c>. Without a value it is left out.</param>
    public Task<Result<AuditEntryList>> ListAuditEntriesAsync(
        IEnumerable<KeyValuePair<string, string?>> query,
        CancellationToken cancellationToken
    )
    {
        var written = query
            .Where(part => !string.IsNullOrEmpty(part.Value))
            .Select(part => $"{Uri.EscapeDataString(part.Key)}={Uri.EscapeDataString(part.Value!)}");
        return GetAsync(
            $"audit/entries?{string.Join('&', written)}",
            ApiJson.Default.AuditEntryList,
            cancellationToken
        );
    }
}
