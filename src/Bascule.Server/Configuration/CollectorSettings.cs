using Bascule.Core.Audit.Shipping;

namespace Bascule.Server.Configuration;

/// <summary>Somebody to whom every entry of the audit log goes.</summary>
/// <param name="IsRequired">Nothing is deleted before it has acknowledged what was written about it.</param>
/// <param name="Warnings">What is allowed in its settings and should not stay so.</param>
public sealed record CollectorSettings(
    string Name,
    ICollector Collector,
    bool IsRequired,
    IReadOnlyList<string> Warnings
);
