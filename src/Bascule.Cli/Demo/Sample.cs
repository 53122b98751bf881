namespace Bascule.Cli.Demo;

/// <summary>The sample repository in <c>samples/churn</c>, which travels inside the executable.</summary>
internal static class Sample
{
    public static readonly string[] Files = [".bascule.yaml", "train.py", "customers.csv"];

    public static string Read(string file)
    {
        using var stream = typeof(Sample).Assembly.GetManifestResourceStream($"samples/churn/{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
