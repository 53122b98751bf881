namespace Bascule.Cli.Demo;

/// <summary>A sample repository, one of the folders in <c>samples</c>, which travels inside the executable.</summary>
internal sealed record Sample(string Name, string[] Files)
{
    public static readonly Sample Churn = new("churn", [".bascule.yaml", "train.py", "customers.csv"]);
    public static readonly Sample Dags = new("dags", [".bascule.yaml", "dags/churn.py"]);

    public static readonly Sample Apis = new(
        "apis",
        [
            ".bascule.yaml",
            "policy.xml",
            "apis/pets/apiInformation.json",
            "apis/pets/policy.xml",
            "apis/pets/specification.yaml",
        ]
    );

    public void WriteTo(Developer developer)
    {
        foreach (var file in Files)
            developer.Write(file, Read(file));
    }

    private string Read(string file)
    {
        using var stream = typeof(Sample).Assembly.GetManifestResourceStream($"samples/{Name}/{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
