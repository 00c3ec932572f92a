//! Buckets and their rules.

use s3s::dto::{
    Bucket, BucketLifecycleConfiguration, CORSRule, CreateBucketInput, CreateBucketOutput, DeleteBucketCorsInput,
    DeleteBucketCorsOutput, DeleteBucketInput, DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput,
    DeleteBucketOutput, GetBucketCorsInput, GetBucketCorsOutput, GetBucketLifecycleConfigurationInput,
    GetBucketLifecycleConfigurationOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput,
    Owner, PutBucketCorsInput, PutBucketCorsOutput, PutBucketLifecycleConfigurationInput,
    PutBucketLifecycleConfigurationOutput,
};
use s3s::{S3ErrorCode, S3Request, S3Response};

use super::error::Result;
use super::{Storage, cors, lifecycle};

impl Storage {
    pub(super) async fn make_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> Result<S3Response<CreateBucketOutput>> {
        let bucket = request.input.bucket;
        let location = format!("/{bucket}");
        self.change(move |change| match change.create_bucket(&bucket)? {
            true => Ok(()),
            false => Err(S3ErrorCode::BucketAlreadyOwnedByYou.into()),
        })
        .await?;
        Ok(S3Response::new(CreateBucketOutput { location: Some(location) }))
    }

    pub(super) async fn find_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> Result<S3Response<HeadBucketOutput>> {
        self.change(move |change| change.require_bucket(&request.input.bucket)).await?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    pub(super) async fn remove_bucket(
        &self,
        request: S3Request<DeleteBucketInput>,
    ) -> Result<S3Response<DeleteBucketOutput>> {
        self.change(move |change| change.delete_bucket(&request.input.bucket)).await?;
        Ok(S3Response::new(DeleteBucketOutput::default()))
    }

    pub(super) async fn all_buckets(
        &self,
        _request: S3Request<ListBucketsInput>,
    ) -> Result<S3Response<ListBucketsOutput>> {
        let buckets = self.change(|change| change.buckets()).await?;
        let buckets = buckets.into_iter().map(|(name, created_at)| Bucket {
            name: Some(name),
            creation_date: Some(created_at.into()),
            ..Bucket::default()
        });
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(buckets.collect()),
            owner: Some(Owner { id: Some("local".to_owned()), display_name: None }),
            ..ListBucketsOutput::default()
        }))
    }

    /// The CORS rules that a request to a bucket is held against; none of a bucket that does not exist.
    pub(super) async fn cors_rules(&self, bucket: String) -> Result<Vec<CORSRule>> {
        self.change(move |change| change.cors(&bucket)).await
    }

    pub(super) async fn put_cors(
        &self,
        request: S3Request<PutBucketCorsInput>,
    ) -> Result<S3Response<PutBucketCorsOutput>> {
        let PutBucketCorsInput { bucket, cors_configuration, .. } = request.input;
        cors::check(&cors_configuration.cors_rules)?;
        self.change(move |change| change.set_cors(&bucket, Some(&cors_configuration.cors_rules))).await?;
        Ok(S3Response::new(PutBucketCorsOutput::default()))
    }

    pub(super) async fn read_cors(
        &self,
        request: S3Request<GetBucketCorsInput>,
    ) -> Result<S3Response<GetBucketCorsOutput>> {
        let bucket = request.input.bucket;
        let rules = self
            .change(move |change| {
                change.require_bucket(&bucket)?;
                change.cors(&bucket)
            })
            .await?;
        if rules.is_empty() {
            return Err(S3ErrorCode::NoSuchCORSConfiguration.into());
        }
        Ok(S3Response::new(GetBucketCorsOutput { cors_rules: Some(rules) }))
    }

    pub(super) async fn remove_cors(
        &self,
        request: S3Request<DeleteBucketCorsInput>,
    ) -> Result<S3Response<DeleteBucketCorsOutput>> {
        self.change(move |change| change.set_cors(&request.input.bucket, None)).await?;
        Ok(S3Response::new(DeleteBucketCorsOutput::default()))
    }

    pub(super) async fn put_lifecycle(
        &self,
        request: S3Request<PutBucketLifecycleConfigurationInput>,
    ) -> Result<S3Response<PutBucketLifecycleConfigurationOutput>> {
        let PutBucketLifecycleConfigurationInput { bucket, lifecycle_configuration, .. } = request.input;
        let rules = lifecycle_configuration.ok_or(S3ErrorCode::MalformedXML)?;
        lifecycle::check(&rules)?;
        self.change(move |change| change.set_lifecycle(&bucket, Some(&rules))).await?;
        Ok(S3Response::new(PutBucketLifecycleConfigurationOutput::default()))
    }

    pub(super) async fn read_lifecycle(
        &self,
        request: S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
        let rules = self.change(move |change| change.lifecycle(&request.input.bucket)).await?;
        let BucketLifecycleConfiguration { rules, .. } = rules.ok_or(S3ErrorCode::NoSuchLifecycleConfiguration)?;
        Ok(S3Response::new(GetBucketLifecycleConfigurationOutput {
            rules: Some(rules),
            ..GetBucketLifecycleConfigurationOutput::default()
        }))
    }

    pub(super) async fn remove_lifecycle(
        &self,
        request: S3Request<DeleteBucketLifecycleInput>,
    ) -> Result<S3Response<DeleteBucketLifecycleOutput>> {
        self.change(move |change| change.set_lifecycle(&request.input.bucket, None)).await?;
        Ok(S3Response::new(DeleteBucketLifecycleOutput::default()))
    }
}
