using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Cameras;
using FaceGrid.Gateway.Cluster;
using FaceGrid.Gateway.Galleries;
using FaceGrid.Gateway.People;
using FaceGrid.Gateway.Problems;
using FaceGrid.Gateway.Recognition;
using FaceGrid.Gateway.Rules;
using FaceGrid.Gateway.Sightings;

namespace FaceGrid.Gateway.Bodies;

/// <summary>All JSON of the API. Names are camelCase, unknown members are refused, and no reflection is used.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(GalleryBody))]
[JsonSerializable(typeof(GalleryListBody))]
[JsonSerializable(typeof(MigrationBody))]
[JsonSerializable(typeof(MigrationRequestBody))]
[JsonSerializable(typeof(LackingBody))]
[JsonSerializable(typeof(GallerySettingsBody))]
[JsonSerializable(typeof(PersonBody))]
[JsonSerializable(typeof(PeopleBody))]
[JsonSerializable(typeof(PersonWriteBody))]
[JsonSerializable(typeof(BulkWriteBody))]
[JsonSerializable(typeof(BulkResultsBody))]
[JsonSerializable(typeof(ProbeBody))]
[JsonSerializable(typeof(EnrolledBody))]
[JsonSerializable(typeof(VerifiedBody))]
[JsonSerializable(typeof(IdentifyProbesBody))]
[JsonSerializable(typeof(IdentifiedBody))]
[JsonSerializable(typeof(DetectedBody))]
[JsonSerializable(typeof(EmbeddedBody))]
[JsonSerializable(typeof(ComparePairBody))]
[JsonSerializable(typeof(ComparedBody))]
[JsonSerializable(typeof(ClusterInfo))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(QualityLimitsBody))]
[JsonSerializable(typeof(ReportBody))]
[JsonSerializable(typeof(SightingJson))]
[JsonSerializable(typeof(SightingsBody))]
[JsonSerializable(typeof(EventGapBody))]
[JsonSerializable(typeof(RuleSettings))]
[JsonSerializable(typeof(RuleBody))]
[JsonSerializable(typeof(RuleListBody))]
[JsonSerializable(typeof(DeadLettersBody))]
[JsonSerializable(typeof(CameraSettingsBody))]
[JsonSerializable(typeof(CameraBody))]
[JsonSerializable(typeof(CameraListBody))]
[JsonSerializable(typeof(CameraViewBody))]
[JsonSerializable(typeof(FramesBody))]
[JsonSerializable(typeof(string))]
internal sealed partial class GatewayJson : JsonSerializerContext;
