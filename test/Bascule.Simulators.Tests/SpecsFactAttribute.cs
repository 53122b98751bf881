namespace Bascule.Simulators.Tests;

/// <summary>A test that compares with the published descriptions kept beside the repository; without them it says why it is not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SpecsFactAttribute : FactAttribute
{
    public SpecsFactAttribute()
    {
        if (Directory is null)
            Skip = "No shared/specs directory beside the repository or above it: nothing to compare a simulator with.";
    }

    public static string? Directory { get; } = Find();

    private static string? Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (System.IO.Directory.Exists(Path.Join(at.FullName, "shared", "specs")))
                return Path.Join(at.FullName, "shared", "specs");
        return null;
    }
}
