using System.Runtime.InteropServices;

namespace Bascule.Core.Audit;

/// <summary>
/// What the entries of one call share, and what goes with the call where the other side writes such an id into its own log (Azure:
/// <c>x-ms-correlation-request-id</c>), so that the two can be laid side by side.
/// </summary>
/// <param name="Value">Random; no secret.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CallId(Guid Value)
{
    public static CallId New() => new(Guid.NewGuid());

    /// <summary>Lower-case hex in five groups (RFC 9562), in entries as in headers.</summary>
    public override string ToString() => Value.ToString("D");
}
