namespace Bascule.Testing.Go;

/// <summary>A test that asks a verifier written by others, in Go; skipped with its reason where it cannot be built.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoFactAttribute : Xunit.FactAttribute
{
    public GoFactAttribute() => Skip = GoProgram.Missing;
}
