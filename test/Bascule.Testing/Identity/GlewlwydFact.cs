using Xunit;

namespace Bascule.Testing.Identity;

/// <summary>A test against Debian's glewlwyd; skipped with its reason where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GlewlwydFactAttribute : FactAttribute
{
    public GlewlwydFactAttribute() => Skip = GlewlwydProvider.Missing;
}
