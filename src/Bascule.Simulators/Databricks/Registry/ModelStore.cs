using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Databricks.Registry;

/// <summary>The models of one registry.</summary>
internal sealed class ModelStore(TrackingStore tracking, TimeProvider time)
{
    private readonly SortedDictionary<string, RegisteredModel> _models = new(StringComparer.Ordinal);

    public IEnumerable<RegisteredModel> Models => _models.Values;

    public ApiReply? Create(string name, ApiRequest request, out RegisteredModel model)
    {
        model = new RegisteredModel(name, request.Caller.UserName, Now());
        if (_models.ContainsKey(name))
            return ApiReply.Exists($"Registered Model (name={name}) already exists.");
        if (TagWriter.Write(model.Tags, request.Objects("tags")) is { } refusal)
            return refusal;
        _models.Add(name, model);
        return null;
    }

    public bool TryFind(
        string name,
        [NotNullWhen(true)] out RegisteredModel? model,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        refusal = _models.TryGetValue(name, out model)
            ? null
            : ApiReply.NotFound($"Registered Model with name={name} not found");
        return model is not null;
    }

    public bool TryFind(
        string name,
        string version,
        [NotNullWhen(true)] out ModelVersion? found,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        found = null;
        if (!TryFind(name, out RegisteredModel? model, out refusal))
            return false;
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            refusal = ApiReply.Invalid($"Model version '{version}' is not a number.");
        else if (!model.Versions.TryGetValue(number, out found))
            refusal = ApiReply.NotFound($"Model Version (name={name}, version={version}) not found");
        return refusal is null;
    }

    public ApiReply? CreateVersion(ApiRequest request, out ModelVersion? version)
    {
        version = null;
        if (!TryFind(request.TextOrEmpty("name"), out var model, out var refusal))
            return refusal;
        if (request.TextOrEmpty("source").Length == 0)
            return ApiReply.Invalid("Missing required field: source");
        if (request.Text("run_id") is { Length: > 0 } run && tracking.FindRun(run) is null)
            return ApiReply.NotFound($"Run '{run}' not found");
        var created = new ModelVersion(model, model.LastVersion + 1, request.Caller.UserName, Now())
        {
            Source = request.TextOrEmpty("source"),
            RunId = request.Text("run_id"),
            RunLink = request.Text("run_link"),
            Description = request.Text("description"),
        };
        if (TagWriter.Write(created.Tags, request.Objects("tags")) is { } tagRefusal)
            return tagRefusal;
        version = created;
        model.LastVersion = created.Number;
        model.Versions.Add(version.Number, version);
        model.UpdatedAt = Now();
        return null;
    }

    /// <returns>Null when the filter is none.</returns>
    public List<ModelVersion>? Search(string? filter)
    {
        if (SearchFilter.Parse(filter) is not { } parsed)
            return null;
        return
        [
            .. _models
                .Values.SelectMany(m => m.Versions.Values.Reverse())
                .Where(v => parsed.Matches((entity, key) => LookUp(v, entity, key))),
        ];
    }

    public long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static object? LookUp(ModelVersion version, string entity, string key) =>
        (entity, key) switch
        {
            ("tags" or "tag", _) => version.Tags.GetValueOrDefault(key),
            ("attributes", "name") => version.Model.Name,
            ("attributes", "run_id") => version.RunId,
            ("attributes", "source_path" or "source") => version.Source,
            ("attributes", "version_number") => (double)version.Number,
            _ => null,
        };
}
