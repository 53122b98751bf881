using Xunit;

namespace Bascule.Testing.Node;

/// <summary>A test that asks an implementation written by others, in JavaScript; skipped with its reason where there is no Node.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeOracle.Missing;
}
