namespace Bascule.Cli.Demo;

/// <summary>A sample repository, one of the folders in <c>samples</c>, which travels inside the executable.</summary>
internal sealed record Sample(string Name, string[] Files)
{
    public static readonly Sample Churn = new("churn", [".bascule.yaml", "train.py", "customers.csv"]);
    public static readonly Sample ChurnOnAzureMl = new("churn-azureml", [".bascule.yaml", "train.py"])
    {
        Data = [("churn", "customers.csv")],
    };
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

    /// <summary>Files of other samples that belong to this one too.</summary>
    public IReadOnlyList<(string Sample, string File)> Data { get; init; } = [];

    public void WriteTo(Developer developer)
    {
        foreach (var file in Files)
            developer.Write(file, Read(Name, file));
        foreach (var (sample, file) in Data)
            developer.Write(file, Read(sample, file));
    }

    private static string Read(string sample, string file)
    {
        using var stream = typeof(Sample).Assembly.GetManifestResourceStream($"samples/{sample}/{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
