using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Console;

/// <summary>Runs where both are, Debian's Chromium and Node; elsewhere the reason is printed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute() => Skip = Lack;

    public static string? Lack => Chromium.Lack ?? NodeOracle.Missing;
}
